//! Adding up what cargo's test runners report.

/// Tests over several `cargo test` runs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    passed: u64,
    failed: u64,
    ignored: u64,
}

impl Summary {
    /// Adds a line of output if it closes a test binary: `test result: ok. 3 passed; 0 failed; ...`.
    pub(crate) fn add_line(&mut self, line: &str) {
        let Some(counts) = line.trim_start().strip_prefix("test result: ") else { return };
        for part in counts.split(['.', ';']) {
            let mut words = part.split_whitespace();
            let (Some(number), Some(what)) = (words.next(), words.next()) else { continue };
            let Ok(number) = number.parse::<u64>() else { continue };
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.ignored += number,
                _ => {}
            }
        }
    }

    /// The closing line, in cargo's own words.
    pub(crate) fn line(&self) -> String {
        let outcome = if self.failed == 0 { "ok" } else { "FAILED" };
        format!(
            "test result: {outcome}. {} passed; {} failed; {} ignored; 0 measured; 0 filtered out",
            self.passed, self.failed, self.ignored
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Summary;

    /// The total over two binaries counts passed, failed and ignored apart.
    #[test]
    fn two_binaries_are_added_up() {
        let mut summary = Summary::default();
        summary.add_line(
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 1.5s",
        );
        summary.add_line("running 4 tests");
        summary.add_line("test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 7 filtered out");
        assert_eq!(summary, Summary { passed: 5, failed: 1, ignored: 1 });
        assert!(summary.line().starts_with("test result: FAILED. 5 passed; 1 failed; 1 ignored"));
    }
}
