use std::collections::HashMap;

use proptest::prelude::*;

use super::{Password, parse};

fn users(text: &str) -> HashMap<String, Password> {
    let mut users = HashMap::new();
    parse(text, "htpasswd", &mut users).unwrap();
    users
}

fn error(text: &str) -> String {
    parse(text, "htpasswd", &mut HashMap::new()).unwrap_err().to_string()
}

/// The forms that Apache's htpasswd writes, and its own examples, are read: `-B`, `-s`, `-p`; and salted SHA-1.
#[test]
fn what_htpasswd_writes_is_read() {
    // The first two: httpd's documentation of password formats (`myName`, `myPassword`).
    for kept in [
        "$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC",
        "{SHA}VBPuJHI7uixaa6LQGWx4s+5GKNE=",
        "myPassword",
        // printf 'myPassword1234' | openssl sha1 -binary, with 1234 behind it
        "{SSHA}lbfFlJjKxK/bM0uBjoLY7uCmruQxMjM0",
    ] {
        let users = users(&format!("# a comment\n\n  myName:{kept}  \r\nother:x\n"));
        assert!(users["myName"].matches("myPassword"), "{kept}");
        for wrong in ["", "mypassword", "myPassword ", kept] {
            assert_eq!(users["myName"].matches(wrong), wrong == "myPassword", "{kept} {wrong}");
        }
        assert_eq!(users.len(), 2);
    }
}

/// Of two lines for one name the later one counts; a password may have a colon in it.
#[test]
fn the_later_line_counts() {
    let users = users("a:one\na:two:three");
    assert!(users["a"].matches("two:three") && !users["a"].matches("one"));
}

/// What is not served is named with its line, and nothing of the password is repeated.
#[test]
fn what_is_not_served_is_named() {
    for (text, words) in [
        (
            "a:$apr1$r31hunter2$HqJ",
            "line 1: a password kept by MD5 is not served; make it with `htpasswd -B`",
        ),
        ("a:b\nb:$6$hunter2$x", "line 2: a password kept by SHA-512 crypt"),
        ("a:$2y$99hunter2", "begins like bcrypt"),
        ("a:$2y$31$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC", "cost 31 takes too long"),
        ("a:{SHA}hunter2!", "no base64"),
        ("a:{SHA}aGk=", "too short"),
        ("hunter2", "is not `name:password`"),
        (":hunter2", "no name or no password"),
        ("a:", "no name or no password"),
    ] {
        let error = error(text);
        assert!(error.contains(words) && !error.contains("hunter2"), "{error}");
    }
}

proptest! {
    /// No text makes the reader panic, and no password does.
    #[test]
    fn any_text_is_answered(text in "((a|:|\\$2y\\$05\\$|\\{SHA\\}|\\{SSHA\\}|[A-Za-z0-9./+=]{0,60}|\n|.)){0,8}", shown in ".{0,20}") {
        let mut users = HashMap::new();
        if parse(&text, "htpasswd", &mut users).is_ok() {
            for password in users.values().filter(|password| !password.is_slow()) {
                let _ = password.matches(&shown);
            }
        }
    }
}
