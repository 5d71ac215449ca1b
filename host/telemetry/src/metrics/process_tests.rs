use super::{cpu_seconds, resident_bytes};

/// A command name with spaces and parentheses does not shift the fields.
#[test]
fn cpu_time_is_found_behind_any_command() {
    let stat = "42 (a ) b) S 1 42 42 0 -1 4194560 100 0 0 0 250 150 7 8 20 0 4 0 100 1000 10";
    assert_eq!(cpu_seconds(stat), Some(4.0));
    assert_eq!(cpu_seconds("42 (a"), None);
    assert_eq!(cpu_seconds("42 (a) S 1"), None);
}

/// The resident set is read in bytes whatever the page size.
#[test]
fn the_resident_set_is_in_bytes() {
    assert_eq!(resident_bytes("VmPeak:\t  9 kB\nVmRSS:\t    2048 kB\n"), Some(2 * 1024 * 1024));
    assert_eq!(resident_bytes("VmPeak:\t  9 kB\n"), None);
    assert_eq!(resident_bytes("VmRSS:\t  many kB\n"), None);
}
