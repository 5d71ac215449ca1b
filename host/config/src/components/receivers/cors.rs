use crate::components::headers::is_header_name;
use crate::decode::{Block, Fields, Key};

/// What scripts of other sites may do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cors {
    /// Sites whose scripts may send; without one, no script may.
    pub allowed_origins: Vec<String>,
    /// Headers that they may send.
    pub allowed_headers: Vec<String>,
    /// Headers of an answer that they may see.
    pub exposed_headers: Vec<String>,
    /// Seconds for which a browser may remember what is allowed.
    pub max_age: u32,
}

impl Block for Cors {
    const KEYS: &'static [Key] = &[
        Key::new(
            "allowed_origins",
            "list of text",
            "[]",
            "sites whose scripts may send: `https://a.example`, `https://*.example`, `*`",
        ),
        Key::new(
            "allowed_headers",
            "list of text",
            "[]",
            "headers that they may send; none: the usual ones; `*`: all",
        ),
        Key::new("exposed_headers", "list of text", "[]", "headers of an answer that they may see"),
        Key::new("max_age", "seconds", "0", "for which a browser may remember it; 0: as long as it likes"),
    ];

    fn fill(&mut self, fields: &Fields<'_>) {
        fields.read("allowed_origins", &mut self.allowed_origins);
        fields.read("allowed_headers", &mut self.allowed_headers);
        fields.read("exposed_headers", &mut self.exposed_headers);
        fields.read("max_age", &mut self.max_age);
        if self.allowed_origins.is_empty() && fields.given() > 0 {
            fields.warning("allowed_headers", "allows nothing to anybody without allowed_origins");
        }
        for origin in &self.allowed_origins {
            if origin.matches('*').count() > 1 {
                fields.error("allowed_origins", format!("`{origin}` has more than one `*`"));
            }
        }
        for (key, names) in
            [("allowed_headers", &self.allowed_headers), ("exposed_headers", &self.exposed_headers)]
        {
            for name in names.iter().filter(|name| *name != "*" && !is_header_name(name)) {
                fields.error(key, format!("`{name}` is no name of a header"));
            }
        }
    }
}
