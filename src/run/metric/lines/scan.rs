//! The one form in which a worker writes a line of metrics, read in place: fields in their order, no spaces, names
//! without escapes. Anything else is left to the general reader, so that what is accepted is decided in one place.

use super::Lines;

/// Adds the line to `lines` if it has the usual form; otherwise adds nothing.
pub(super) fn line(line: &[u8], lines: &mut Lines) -> bool {
    let Ok(text) = std::str::from_utf8(line) else {
        return false;
    };
    let mark = lines.mark();
    let mut scan = Scan { text, at: 0 };
    match scan.metric(lines) {
        Some((step, epoch, wall)) => {
            lines.end_line(mark, step, epoch, wall);
            true
        }
        None => {
            lines.take_back(mark);
            false
        }
    }
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    fn metric(&mut self, lines: &mut Lines) -> Option<(u64, f64, f64)> {
        self.literal(br#"{"step":"#)?;
        let step = self.count()?;
        self.literal(br#","epoch":"#)?;
        let epoch = self.number()?;
        self.literal(br#","wall":"#)?;
        let wall = self.number()?;
        self.literal(br#","values":{"#)?;
        if self.literal(b"}").is_none() {
            self.values(lines)?;
        }
        self.literal(b"}")?;
        (self.at == self.text.len()).then_some((step, epoch, wall))
    }

    fn values(&mut self, lines: &mut Lines) -> Option<()> {
        let mut before = None;
        loop {
            let guess = lines
                .expected(before)
                .filter(|(_, quoted)| self.rest().starts_with(quoted));
            match guess.map(|(number, quoted)| (number, quoted.len())) {
                Some((number, length)) => {
                    self.at += length;
                    let value = self.value()?;
                    lines.push_known(number, value);
                    before = Some(number);
                }
                None => {
                    let name = self.name()?;
                    let value = self.value()?;
                    before = lines.push_value(before, name, value);
                }
            }
            if self.literal(b",").is_none() {
                return self.literal(b"}");
            }
        }
    }

    fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.at..]
    }

    fn literal(&mut self, wanted: &[u8]) -> Option<()> {
        self.rest().starts_with(wanted).then(|| self.at += wanted.len())
    }

    /// A quoted name with its colon.
    fn name(&mut self) -> Option<&'a str> {
        self.literal(b"\"")?;
        let length = self.rest().iter().position(|b| matches!(b, b'"' | b'\\' | 0..0x20))?;
        let name = self.text.get(self.at..self.at + length)?;
        self.at += length;
        self.literal(b"\":")?;
        Some(name)
    }

    /// An integer that fits.
    fn count(&mut self) -> Option<u64> {
        let length = digits(self.rest());
        let text = self.text.get(self.at..self.at + length)?;
        if length > 1 && text.starts_with('0') {
            return None;
        }
        self.at += length;
        text.parse().ok()
    }

    fn value(&mut self) -> Option<f64> {
        match self.rest().first()? {
            b'"' => {
                let words = [
                    (br#""NaN""#.as_slice(), f64::NAN),
                    (br#""Infinity""#, f64::INFINITY),
                    (br#""-Infinity""#, f64::NEG_INFINITY),
                ];
                words
                    .iter()
                    .find_map(|(word, value)| self.literal(word).map(|()| *value))
            }
            _ => self.number(),
        }
    }

    /// A number by JSON's grammar, which is narrower than that of `f64`; one beyond all bounds is none.
    fn number(&mut self) -> Option<f64> {
        let length = number_length(self.rest())?;
        let text = self.text.get(self.at..self.at + length)?;
        self.at += length;
        text.parse().ok().filter(|v: &f64| v.is_finite())
    }
}

fn digits(text: &[u8]) -> usize {
    text.iter().position(|b| !b.is_ascii_digit()).unwrap_or(text.len())
}

fn number_length(text: &[u8]) -> Option<usize> {
    let mut at = usize::from(text.first() == Some(&b'-'));
    let whole = digits(&text[at..]);
    if whole == 0 || whole > 1 && text[at] == b'0' {
        return None;
    }
    at += whole;
    if text.get(at) == Some(&b'.') {
        let fraction = digits(&text[at + 1..]);
        if fraction == 0 {
            return None;
        }
        at += 1 + fraction;
    }
    if matches!(text.get(at), Some(b'e' | b'E')) {
        at += 1 + usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(&text[at..]);
        if exponent == 0 {
            return None;
        }
        at += exponent;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::metric::Metric;
    use proptest::prelude::*;

    /// As both readers read it, to the last bit: as text, in which NaN equals itself and -0 does not equal 0.
    fn bits(metrics: Vec<Metric>) -> Vec<String> {
        metrics.iter().map(|m| format!("{m:?}")).collect()
    }

    fn both_agree(texts: &[impl AsRef<[u8]>]) {
        let mut lines = Lines::default();
        let taken: Vec<bool> = texts.iter().map(|t| lines.push_text(t.as_ref())).collect();
        let derived: Vec<Option<Metric>> = texts.iter().map(|t| serde_json::from_slice(t.as_ref()).ok()).collect();
        assert_eq!(taken, derived.iter().map(Option::is_some).collect::<Vec<_>>());
        assert_eq!(bits(Vec::from(&lines)), bits(derived.into_iter().flatten().collect()));
    }

    fn is_usual(text: &str) -> bool {
        line(text.as_bytes(), &mut Lines::default())
    }

    #[test]
    fn what_the_worker_writes_has_the_usual_form() {
        let values = [
            ("train.ce", 0.25),
            ("b", f64::NAN),
            ("c", f64::INFINITY),
            ("d", f64::NEG_INFINITY),
            ("e", 1e-7),
        ];
        let metric = Metric {
            step: 7,
            epoch: 0.1,
            wall: 1e300,
            values: values.iter().map(|(k, v)| (k.to_string(), *v)).collect(),
        };
        assert!(is_usual(&serde_json::to_string(&metric).unwrap()));
        assert!(is_usual(&serde_json::to_string(&Metric::default()).unwrap()));
    }

    #[test]
    fn hostile_lines_are_what_the_general_reader_says() {
        let values = |inside: &str| format!(r#"{{"step":1,"epoch":0.5,"wall":2,"values":{{{inside}}}}}"#);
        let numbers = [
            "1",
            "-1",
            "01",
            "-01",
            "1.",
            ".5",
            "+1",
            "1e5",
            "1E+5",
            "1e",
            "1e-",
            "-",
            "-0",
            "-0.0",
            "1e400",
            "-1e400",
            "1e-400",
            "0e9999999999",
            "18446744073709551615",
            "18446744073709551616",
            "123456789012345678901234567890.5",
            "NaN",
            "inf",
            "null",
            "true",
            "\"NaN\"",
            "\"Infinity\"",
            "\"-Infinity\"",
            "\"+Infinity\"",
            "\"nan\"",
            "\"1\"",
            "[1]",
            "{}",
            "\"\\u004eaN\"",
            "1 ",
            " 1",
            "0.1.2",
            "1e5e5",
            "0x10",
            "1_000",
        ];
        let mut texts: Vec<String> = numbers.iter().map(|n| values(&format!(r#""a":{n},"b":2"#))).collect();
        texts.extend(
            numbers
                .iter()
                .map(|n| format!(r#"{{"step":{n},"epoch":{n},"wall":0,"values":{{}}}}"#)),
        );
        texts.extend(
            numbers
                .iter()
                .map(|n| format!(r#"{{"step":1,"epoch":0,"wall":{n},"values":{{}}}}"#)),
        );
        for inside in [
            r#""a":1,"a":2"#,
            r#""a":1,"#,
            r#","a":1"#,
            r#""a"1"#,
            r#""a":1;"b":2"#,
            r#""a\"b":1"#,
            r#""a\u0062":1"#,
            r#""":1"#,
            r#""é":1"#,
            "\"a\tb\":1",
            r#"a:1"#,
            r#""a"b":1"#,
            r#""a" : 1 , "b" : 2"#,
            r#""a":"NaN","b":"Infinity""#,
        ] {
            texts.push(values(inside));
        }
        texts.extend([
            values("") + " ",
            values("") + "}",
            values("") + "x",
            "  ".to_string() + &values(""),
            String::new(),
            "{".into(),
            "[]".into(),
            r#"{"wall":1,"epoch":2,"step":3,"values":{"a":1}}"#.into(),
            r#"{"step":1,"epoch":0,"wall":0,"values":{},"more":1}"#.into(),
            r#"{"step":1,"step":2,"epoch":0,"wall":0,"values":{}}"#.into(),
            r#"{"step":1,"epoch":0,"wall":0}"#.into(),
            r#"{"step":1,"epoch":0,"wall":0,"values":[]}"#.into(),
            r#"[1,0.5,2.0,{"a":1}]"#.into(),
        ]);
        both_agree(&texts);
        both_agree(&[
            &b"{\"step\":1,\"epoch\":0,\"wall\":0,\"values\":{\"\xff\":1}}"[..],
            b"\xff",
        ]);
    }

    fn number() -> impl Strategy<Value = f64> {
        prop_oneof![any::<f64>(), -10.0..10.0f64, (0u32..1000).prop_map(f64::from)]
    }

    proptest! {
        #[test]
        fn any_lines_are_read_as_the_general_reader_reads_them(
            metrics in proptest::collection::vec(
                (any::<u64>(), number(), number(), proptest::collection::btree_map("[a-c\"\\\\é]{0,3}", number(), 0..6)),
                0..20,
            ),
            damage in proptest::option::of((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<u8>())),
        ) {
            let text = |(step, epoch, wall, values)| serde_json::to_vec(&Metric { step, epoch, wall, values }).unwrap();
            let mut texts: Vec<Vec<u8>> = metrics.into_iter().map(text).collect();
            if let Some((line, place, byte)) = damage && !texts.is_empty() {
                let line = line.index(texts.len());
                let place = place.index(texts[line].len());
                texts[line][place] = byte;
            }
            both_agree(&texts);
        }
    }
}
