//! Whether the terminal can show more than ASCII, according to the environment. Pure.

/// Why only ASCII is drawn, where the environment asks for that: the locale has no UTF-8 (`LC_ALL`, `LC_CTYPE`,
/// `LANG`, of which the first that is set counts), or the terminal has no letters for curves.
pub fn why_ascii(env: impl Fn(&str) -> Option<String>) -> Option<String> {
    if env("TERM").as_deref() == Some("linux") {
        return Some("ASCII only: the Linux console (TERM=linux) has no braille; try --dots block".into());
    }
    let set = |name: &'static str| env(name).filter(|v| !v.is_empty()).map(|v| (name, v));
    let found = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
    let is_utf8 = |value: &str| {
        let value = value.to_ascii_lowercase();
        value.contains("utf-8") || value.contains("utf8")
    };
    let instead = "LC_ALL=C.UTF-8 or --dots braille draws more";
    match found {
        Some((_, value)) if is_utf8(&value) => None,
        Some((name, value)) => {
            let value: String = crate::run::text::clean(&value).chars().take(24).collect();
            Some(format!("ASCII only: {name}={value} is no UTF-8 locale; {instead}"))
        }
        None => Some(format!("ASCII only: no UTF-8 locale is set (LANG); {instead}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(set: &[(&str, &str)]) -> Option<String> {
        why_ascii(|name| set.iter().find(|(n, _)| *n == name).map(|(_, v)| v.to_string()))
    }

    #[test]
    fn the_first_variable_that_is_set_decides() {
        assert_eq!(why(&[("LANG", "de_DE.UTF-8")]), None);
        assert_eq!(why(&[("LANG", "C"), ("LC_CTYPE", "C.utf8")]), None);
        assert_eq!(why(&[("LANG", "C"), ("LC_ALL", ""), ("LC_CTYPE", "en_GB.UTF-8")]), None);
        assert!(
            why(&[("LANG", "C.UTF-8"), ("LC_ALL", "C")])
                .unwrap()
                .contains("LC_ALL=C ")
        );
        assert!(why(&[("LANG", "C")]).unwrap().contains("LANG=C "));
        assert!(why(&[("LANG", "de_DE.ISO-8859-1")]).is_some());
        assert!(why(&[]).unwrap().contains("no UTF-8 locale"));
        assert!(
            why(&[("TERM", "linux"), ("LANG", "C.UTF-8")])
                .unwrap()
                .contains("TERM=linux")
        );
    }
}
