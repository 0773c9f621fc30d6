//! Users that a script makes in the shell of a web framework: a program in a string or a here-document, in which the usual call
//! has the password as an argument.
//!
//! bad: `RUN echo "User.objects.create_superuser('ops', 'ops@h', 'hunter22x')" | python manage.py shell`
//! good: `DJANGO_SUPERUSER_PASSWORD`, from a mounted secret, and `createsuperuser --noinput`

use tightlip_report::{Confidence, Level};

use super::call::{RULE, told};
use super::judge::ground::{Ground, ground};
use super::judge::length_of;
use super::judge::reading::line_around;
use crate::read::Part;
use crate::{Example, Finder, Found, Hint, Text};

/// See the top of the file.
pub(crate) static FINDER: Finder = Finder {
    id: "called-in-shell",
    rules: &[&RULE],
    wants: |hint| matches!(hint, Hint::Text) || ground(hint) == Ground::Shell,
    keywords: CALLS,
    find,
    hits: &[
        Example {
            path: "",
            text: "RUN python -c \"import smtplib; s = smtplib.SMTP('mail.internal'); s.login('relay', 'P{lower:6}-97')\"",
            rule: "password-in-call",
        },
        Example {
            path: "",
            text: "/bin/sh -c echo \"from a.models import User; User.objects.create_superuser('ops', 'ops@h.internal', 'P{lower:6}-97')\" | python manage.py shell",
            rule: "password-in-call",
        },
        Example {
            path: "entrypoint.sh",
            text: "python3 manage.py shell <<EOF\nfrom a.models import User\nUser.objects.create_superuser('ops', 'ops@h.internal', 'P{lower:6}-97')\nEOF\n",
            rule: "password-in-call",
        },
        Example {
            path: "Dockerfile",
            text: "FROM x\nRUN python manage.py shell -c \"get_user_model().objects.create_user('ops', 'ops@h.internal', 'P{lower:6}-97')\"\n",
            rule: "password-in-call",
        },
    ],
    misses: &[
        Example {
            path: "entrypoint.sh",
            text: "python3 -c 'import app; app.login()'\npython3 -c \"s.login('$USER', '$PASSWORD')\"\n",
            rule: "",
        },
        Example {
            path: "entrypoint.sh",
            text: "python manage.py shell -c \"User.objects.create_superuser('$NAME', '$MAIL', '$PASSWORD')\"\npython manage.py shell -c \"User.objects.create_superuser(n, m, p)\"\n",
            rule: "",
        },
        Example {
            path: "make.sh",
            text: "create_user('ops', 'ops@h.internal', 'P{lower:6}-97')\n",
            rule: "",
        },
    ],
};

/// The calls: of Django, Flask-Security and others that are called like theirs, of clients of mail and FTP.
const CALLS: &[&str] = &["create_superuser(", "create_user(", ".login("];
/// What runs such a program, one of them anywhere before the call or in its line.
const SHELLS: [&[u8]; 4] = [b"manage.py", b"python", b"django-admin", b"flask "];
/// A script says so within so many bytes before the call.
const BEFORE: usize = 4096;

fn find<'b>(text: &Text<'b>, out: &mut dyn FnMut(Found<'b>)) {
    for &at in text.at.iter().filter(|_| !text.binary) {
        let line = line_around(text.bytes, at);
        let around = Part::between(text.bytes, at.saturating_sub(BEFORE)..line.span().end);
        if !SHELLS.iter().any(|shell| memchr::memmem::find(around.bytes(), shell).is_some()) {
            continue;
        }
        // The dot is none of the name.
        let at = at + usize::from(text.bytes.get(at) == Some(&b'.'));
        let rest = Part::between(text.bytes, at..text.bytes.len().min(at + 600));
        if let Some((value, level)) = told(rest) {
            let confidence = if level == Level::Deny { Confidence::Medium } else { Confidence::Low };
            out(Found::here(&RULE, value, length_of("password in a call", value.len())).at(level, confidence));
        }
    }
}
