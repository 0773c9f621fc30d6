//! Is an argument the address of a machine that there is: `"db1.prod.acme.de"`, `"dbi:Pg:dbname=x;host=db1.lan"`?

use super::arguments::Argument;
use crate::context::judge::host::is_real;
use crate::read::Part;

/// What stands before the host in such an address, in lower case.
const BEFORE: &[&str] =
    &["host=", "hostname=", "server=", "hostaddr=", "addr=", "address=", "source=", "tcp:", "//", "@"];

/// Whether it is one.
pub(super) fn names_host(argument: &Argument<'_>) -> bool {
    argument.is_literal() && argument.text.len() <= 300 && is_address(argument.text)
}

fn is_address(text: Part<'_>) -> bool {
    let lower = text.bytes().to_ascii_lowercase();
    let starts = BEFORE.iter().flat_map(|word| {
        memchr::memmem::find_iter(&lower, word.as_bytes()).map(|at| at + word.len()).collect::<Vec<_>>()
    });
    std::iter::once(0).chain(starts).any(|start| {
        let host = text.skip(start).while_(|b| b.is_ascii_alphanumeric() || b"-_.:[]".contains(&b));
        is_real(host.bytes())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_machines_are_told() {
        for text in [
            "pg1.prod.kieselwerk.de",
            "10.4.7.9:5432",
            "dbi:Pg:dbname=shop;host=pg1.kieselwerk.internal",
            "jdbc:mysql://pg1.lan:3306/shop",
            "Server=tcp:sql1.kieselwerk.internal,1433;Database=shop",
            "shop/x@ora1.kieselwerk.internal:1521/SHOP",
        ] {
            assert!(is_address(Part::of(text.as_bytes())), "{text}");
        }
        for text in
            ["dbi:Pg:dbname=shop;host=localhost", "jdbc:h2:mem:shop", "mysql:host=db;dbname=x", "clicked", ""]
        {
            assert!(!is_address(Part::of(text.as_bytes())), "{text}");
        }
    }
}
