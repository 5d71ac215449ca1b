//! What wit-bindgen makes of the WIT package, which lies beside this crate in its repository.

wit_bindgen::generate!({
    world: "routing-key",
    path: "../wit",
    pub_export_macro: true,
    default_bindings_module: "sluice_sdk::bindings",
    export_macro_name: "export",
    additional_derives: [PartialEq],
});
