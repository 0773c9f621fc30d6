//! The instruction names.

use std::fmt;

macro_rules! keywords {
    ($($variant:ident $word:literal),+ $(,)?) => {
        /// The name of an instruction. Names are matched without regard to case.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "each variant is the instruction of that name")]
        pub enum Keyword { $($variant),+ }

        impl Keyword {
            /// All of them.
            pub const ALL: &[Keyword] = &[$(Keyword::$variant),+];

            /// The instruction of that name, in any case.
            #[must_use]
            pub fn parse(word: &str) -> Option<Keyword> {
                $(if word.eq_ignore_ascii_case($word) { return Some(Keyword::$variant); })+
                None
            }

            /// The name in capitals.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Keyword::$variant => $word),+ }
            }
        }
    };
}

keywords! {
    Add "ADD", Arg "ARG", Cmd "CMD", Copy "COPY", Entrypoint "ENTRYPOINT", Env "ENV", Expose "EXPOSE",
    From "FROM", Healthcheck "HEALTHCHECK", Label "LABEL", Maintainer "MAINTAINER", Onbuild "ONBUILD",
    Run "RUN", Shell "SHELL", StopSignal "STOPSIGNAL", User "USER", Volume "VOLUME", Workdir "WORKDIR",
}

impl fmt::Display for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
