//! The language server in a real editor: Neovim shows what leaks, explains it, and mends the files.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use tightlip_e2e::{github_token, neovim, program};

/// What the editor does: opens the file, waits for diagnostics, asks for the manual and for a fix, applies it.
const SCRIPT: &str = r#"
vim.cmd('edit ' .. vim.env.TRIED)
local client = vim.lsp.start_client({ name = 'tightlip', cmd = { vim.env.SERVER, 'lsp' }, root_dir = vim.fn.getcwd() })
vim.lsp.buf_attach_client(0, client)
vim.wait(20000, function() return #vim.diagnostic.get(0) > 0 end, 20)
local said = {}
for _, one in ipairs(vim.diagnostic.get(0)) do
  table.insert(said, { line = one.lnum + 1, severity = one.severity, message = one.message })
end
local document = { uri = vim.uri_from_bufnr(0) }
local place = { textDocument = document, position = { line = 1, character = 2 } }
local hover = vim.lsp.buf_request_sync(0, 'textDocument/hover', place, 20000)[client].result
local range = { start = { line = 1, character = 0 }, ['end'] = { line = 1, character = 4 } }
local asked = { textDocument = document, range = range, context = { diagnostics = {} } }
local actions = vim.lsp.buf_request_sync(0, 'textDocument/codeAction', asked, 20000)[client].result
for _, action in ipairs(actions) do vim.lsp.util.apply_workspace_edit(action.edit, 'utf-16') end
vim.cmd('wall')
local out = io.open(vim.env.SAID, 'w')
out:write(vim.fn.json_encode({ said = said, hover = hover.contents.value, actions = #actions }))
out:close()
vim.lsp.stop_client(client)
vim.cmd('qall!')
"#;

#[test]
fn an_editor_shows_explains_and_mends() -> Result<()> {
    let Some(editor) = neovim()? else { return Ok(()) };
    let folder = tempfile::tempdir()?;
    let token = github_token();
    std::fs::write(folder.path().join("Dockerfile"), "FROM alpine:3.22\nCOPY . /app\n")?;
    std::fs::create_dir(folder.path().join("config"))?;
    std::fs::write(folder.path().join("config/.env"), format!("GITHUB_TOKEN={token}\n"))?;
    let said = drive(&editor, folder.path())?;
    let text = said.to_string();
    ensure!(!text.contains(&token), "the editor was told the secret");
    assert_eq!((&said["said"][0]["line"], &said["said"][0]["severity"]), (&2.into(), &1.into()), "{text}");
    assert!(said["hover"].as_str().unwrap_or_default().contains("`.dockerignore`"), "{text}");
    assert_eq!(said["actions"], 1, "{text}");
    // The editor ends a file that it makes with a line of its own.
    assert_eq!(std::fs::read_to_string(folder.path().join(".dockerignore"))?.trim_end(), "config/.env");
    Ok(())
}

#[test]
fn a_quick_fix_changes_what_starts_the_build_too() -> Result<()> {
    let Some(editor) = neovim()? else { return Ok(()) };
    let folder = tempfile::tempdir()?;
    let write = |name: &str, text: &str| -> Result<()> {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().context("a folder")?)?;
        Ok(std::fs::write(path, text)?)
    };
    write("Dockerfile", "FROM node:22\nARG NPM_TOKEN\nRUN npm ci\n")?;
    write("scripts/build.sh", "#!/bin/sh\n# builds\ndocker build --build-arg NPM_TOKEN=\"$NPM_TOKEN\" .\n")?;
    write(
        "compose.yaml",
        "services:\n  app:\n    build:\n      context: .\n      args:\n        # for private packages\n        NPM_TOKEN: ${NPM_TOKEN}\n",
    )?;
    let said = drive(&editor, folder.path())?;
    assert_eq!((&said["said"][0]["line"], &said["actions"]), (&2.into(), &1.into()), "{said}");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name));
    assert_eq!(
        read("Dockerfile")?,
        "FROM node:22\nRUN --mount=type=secret,id=NPM_TOKEN,env=NPM_TOKEN,required=true npm ci\n"
    );
    assert_eq!(
        read("scripts/build.sh")?,
        "#!/bin/sh\n# builds\ndocker build --secret id=NPM_TOKEN,env=NPM_TOKEN .\n"
    );
    let compose = read("compose.yaml")?;
    assert!(compose.contains("secrets:") && compose.contains("environment: NPM_TOKEN"), "{compose}");
    Ok(())
}

/// Runs the script in the editor and returns what it wrote down.
fn drive(editor: &Path, folder: &Path) -> Result<Value> {
    let script = tempfile::tempdir()?;
    let (lua, said) = (script.path().join("try.lua"), script.path().join("said.json"));
    std::fs::write(&lua, SCRIPT)?;
    let output = Command::new(editor)
        .args(["--headless", "-u", "NONE", "-i", "NONE", "-c"])
        .arg(format!("luafile {}", lua.display()))
        .current_dir(folder)
        .env("HOME", script.path())
        .env("TRIED", folder.join("Dockerfile"))
        .env("SERVER", program()?)
        .env("SAID", &said)
        .output()
        .context("cannot start the editor")?;
    let why = || format!("the editor said nothing: {}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_str(&std::fs::read_to_string(&said).with_context(why)?)?)
}
