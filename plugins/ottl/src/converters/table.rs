//! Which converters there are, and what they take.

use crate::compile::constant::Constant;

/// What an argument has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Any,
    Text,
    /// Text, or what can be written as text.
    TextLike,
    Int,
    /// A number, or what can be read as one.
    NumberLike,
    Boolean,
    Time,
    Duration,
    List,
    Map,
    /// Hexadecimal text, or bytes.
    Id,
}

impl Kind {
    /// For error messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Any => "any value",
            Self::Text => "text",
            Self::TextLike => "text or what can be written as text",
            Self::Int => "a whole number",
            Self::NumberLike => "a number or what can be read as one",
            Self::Boolean => "a boolean",
            Self::Time => "a time",
            Self::Duration => "a duration",
            Self::List => "a list",
            Self::Map => "a map",
            Self::Id => "text or bytes",
        }
    }

    /// Whether a constant is of this kind.
    pub(crate) fn accepts(self, constant: &Constant) -> bool {
        match (self, constant) {
            (Self::Any, _)
            | (Self::Text | Self::Id, Constant::Text(_))
            | (Self::Id, Constant::Bytes(_))
            | (Self::Int, Constant::Int(_))
            | (Self::Boolean, Constant::Boolean(_))
            | (Self::Time, Constant::Time(_))
            | (Self::Duration, Constant::Duration(_))
            | (Self::List, Constant::List(_))
            | (Self::Map, Constant::Map(_)) => true,
            (Self::TextLike, constant) => !matches!(constant, Constant::Time(_) | Constant::Duration(_)),
            (Self::NumberLike, constant) => matches!(
                constant,
                Constant::Nil
                    | Constant::Int(_)
                    | Constant::Double(_)
                    | Constant::Boolean(_)
                    | Constant::Text(_)
            ),
            _ => false,
        }
    }
}

/// An argument of a converter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) optional: bool,
}

/// Whether a converter is a condition by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gives {
    /// Always true or false.
    Condition,
    /// True or false, or something else: known once it is evaluated.
    Either,
    /// Never true or false.
    Value,
}

/// A converter.
#[derive(Debug)]
pub(crate) struct Converter {
    pub(crate) name: &'static str,
    pub(crate) function: Function,
    pub(crate) parameters: &'static [Parameter],
    pub(crate) gives: Gives,
}

macro_rules! converters {
    ($($name:literal $function:ident ($($parameter:ident: $kind:ident $([$optional:ident])?),*) $gives:ident;)*) => {
        /// What a converter does.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Function { $($function),* }

        /// All that are served.
        pub(crate) const ALL: &[Converter] = &[$(Converter {
            name: $name,
            function: Function::$function,
            parameters: &[$(Parameter {
                name: stringify!($parameter),
                kind: Kind::$kind,
                optional: converters!(@optional $($optional)?),
            }),*],
            gives: Gives::$gives,
        }),*];
    };
    (@optional) => { false };
    (@optional $given:ident) => { true };
}

// The names of arguments are those that the Collector takes.
converters! {
    "Bool" Bool (target: Any) Either;
    "Coalesce" Coalesce (values: List) Either;
    "Concat" Concat (vals: List, delimiter: Text) Value;
    "ContainsValue" ContainsValue (target: List, item: Any) Condition;
    "Day" Day (time: Time) Value;
    "Double" Double (target: NumberLike) Value;
    "Duration" Duration (duration: Text) Value;
    "FNV" Fnv (target: Text) Value;
    "Format" Format (format: Text, vals: List) Value;
    "FormatTime" FormatTime (time: Time, format: Text) Value;
    "HasPrefix" HasPrefix (target: Text, prefix: Text) Condition;
    "HasSuffix" HasSuffix (target: Text, suffix: Text) Condition;
    "Hex" Hex (target: Any) Value;
    "Hour" Hour (time: Time) Value;
    "Hours" Hours (duration: Duration) Value;
    "Index" Index (source: Any, value: Any) Value;
    "Int" Int (target: NumberLike) Value;
    "IsBool" IsBool (target: Any) Condition;
    "IsDouble" IsDouble (target: Any) Condition;
    "IsEmpty" IsEmpty (target: Any) Condition;
    "IsInCIDR" IsInCidr (target: Text, networks: List) Condition;
    "IsInt" IsInt (target: Any) Condition;
    "IsList" IsList (target: Any) Condition;
    "IsMap" IsMap (target: Any) Condition;
    "IsMatch" IsMatch (target: TextLike, pattern: Text) Condition;
    "IsRootSpan" IsRootSpan () Condition;
    "IsString" IsString (target: Any) Condition;
    "Keys" Keys (target: Map) Value;
    "Len" Len (target: Any) Value;
    "Log" Log (target: NumberLike) Value;
    "Microseconds" Microseconds (duration: Duration) Value;
    "Milliseconds" Milliseconds (duration: Duration) Value;
    "Minute" Minute (time: Time) Value;
    "Minutes" Minutes (duration: Duration) Value;
    "Month" Month (time: Time) Value;
    "Nanosecond" Nanosecond (time: Time) Value;
    "Nanoseconds" Nanoseconds (duration: Duration) Value;
    "Now" Now () Value;
    "ParseInt" ParseInt (target: Text, base: Int) Value;
    "Second" Second (time: Time) Value;
    "Seconds" Seconds (duration: Duration) Value;
    "SpanID" SpanId (target: Id) Value;
    "Split" Split (target: Text, delimiter: Text) Value;
    "String" String (target: TextLike) Value;
    "Substring" Substring (target: Text, start: Int, length: Int, utf8_safe: Boolean [optional]) Value;
    "Time" Time (time: Text, format: Text, location: Text [optional], locale: Text [optional]) Value;
    "ToLowerCase" ToLowerCase (target: Text) Value;
    "ToUpperCase" ToUpperCase (target: Text) Value;
    "TraceID" TraceId (target: Id) Value;
    "Trim" Trim (target: Text, replacement: Text [optional]) Value;
    "TrimPrefix" TrimPrefix (target: Text, prefix: Text) Value;
    "TrimSuffix" TrimSuffix (target: Text, suffix: Text) Value;
    "TruncateTime" TruncateTime (time: Time, duration: Duration) Value;
    "Unix" Unix (seconds: Int, nanoseconds: Int [optional]) Value;
    "UnixMicro" UnixMicro (time: Time) Value;
    "UnixMilli" UnixMilli (time: Time) Value;
    "UnixNano" UnixNano (time: Time) Value;
    "UnixSeconds" UnixSeconds (time: Time) Value;
    "Values" Values (target: Map) Value;
    "Weekday" Weekday (time: Time) Value;
    "Year" Year (time: Time) Value;
}

/// Converters that the Collector has and this language has not.
pub(crate) const REFUSED: &[&str] = &[
    "AdjustedCount",
    "All",
    "Any",
    "Base64Decode",
    "Base64Encode",
    "CommunityID",
    "ConvertAttributesToElementsXML",
    "ConvertCase",
    "ConvertTextToElementsXML",
    "Decode",
    "ExtractGrokPatterns",
    "ExtractPatterns",
    "Filter",
    "Find",
    "GetXML",
    "InsertXML",
    "IsValidLuhn",
    "MD5",
    "MapEach",
    "MapKeys",
    "Murmur3Hash",
    "Murmur3Hash128",
    "ParseCSV",
    "ParseJSON",
    "ParseKeyValue",
    "ParseSeverity",
    "ParseSimplifiedXML",
    "ParseXML",
    "ProfileID",
    "Reduce",
    "RemoveXML",
    "SHA1",
    "SHA256",
    "SHA512",
    "SliceToMap",
    "Sort",
    "ToCamelCase",
    "ToKeyValueString",
    "ToSnakeCase",
    "URL",
    "UUID",
    "UUIDv7",
    "UserAgent",
    "When",
    "XXH128",
    "XXH3",
];

impl Function {
    /// Whether it gives the same for the same arguments.
    pub(crate) fn is_pure(self) -> bool {
        !matches!(self, Self::Now | Self::IsRootSpan)
    }
}
