//! The pages of the docs say what the policies do.

use sluice_sdk::policy::Policy;
use sluice_sdk::testing::Sampler;

/// Configures a policy with the example of its page, and compares the keys of the page's table with those of its
/// JSON Schema.
///
/// # Errors
/// What the policy says of the example, or in which way the table differs.
pub fn check_page<P: Policy>(page: &str) -> Result<(), String> {
    let settings = example(page, P::NAME).ok_or("the page begins with no example")?;
    Sampler::new::<P>(&settings).map_err(|error| format!("{settings}: {error}"))?;
    let mut written: Vec<_> = page.lines().filter_map(key_of_row).collect();
    written.sort_unstable();
    let known = if P::SETTINGS.is_empty() { Vec::new() } else { names::<P>()? };
    if written == known { Ok(()) } else { Err(format!("the table has {written:?}, the policy {known:?}")) }
}

fn names<P: Policy>() -> Result<Vec<String>, String> {
    crate::schema_names::<P>().map_err(|error| error.to_string())
}

/// The key of a row of a table.
fn key_of_row(line: &str) -> Option<&str> {
    line.strip_prefix("| `")?.split_once("` |").map(|(key, _)| key)
}

/// The settings of the page's first example as JSON: `key: value` in lines of their own, with values that read
/// the same in both.
fn example(page: &str, name: &str) -> Option<String> {
    let (_, block) = page.split_once("```yaml\n")?;
    let (block, _) = block.split_once("```")?;
    block.contains(&format!("  type: {name}\n")).then_some(())?;
    let settings = block.split_once(&format!("  {name}:\n")).map_or("", |(_, settings)| settings);
    let pair = |line: &str| line.trim().split_once(": ").map(|(key, value)| format!("\"{key}\": {value}"));
    let pairs = settings.lines().map(pair).collect::<Option<Vec<_>>>()?;
    Some(format!("{{{}}}", pairs.join(", ")))
}
