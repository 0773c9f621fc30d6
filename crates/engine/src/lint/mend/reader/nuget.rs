//! NuGet reads `NuGet.Config` beside the solution, above it, and in the home of the user.
//!
//! Source: learn.microsoft.com/nuget, "Common NuGet configurations".

use super::{Hands, Reader};

pub(super) static READER: Reader = Reader {
    id: "nuget",
    files: &["nuget.config"],
    programs: &["dotnet", "nuget", "msbuild"],
    hands: Hands::File,
};
