//! What things on the screen are, as far as colour is concerned.

macro_rules! roles {
    ($($name:ident $key:literal $doc:literal,)*) => {
        /// A role of something drawn.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Role {
            $(#[doc = $doc] $name,)*
        }

        impl Role {
            /// Every role, in order.
            pub const ALL: [Role; Role::COUNT] = [$(Role::$name,)*];
            /// How many there are.
            pub const COUNT: usize = [$($key,)*].len();

            /// The name in theme files.
            pub const fn key(self) -> &'static str {
                match self {
                    $(Role::$name => $key,)*
                }
            }
        }
    };
}

roles! {
    Text "text" "Ordinary text.",
    Dim "dim" "Text that matters less.",
    Title "title" "The product and the name of a page.",
    Heading "heading" "Headings of sections and columns.",
    Selected "selected" "The row under the cursor.",
    Marked "marked" "Rows marked for an action.",
    Match "match" "What a search found; always underlined as well.",
    Key "key" "Keys in the footer and in help.",
    BarFull "bar_full" "The reached part of a bar.",
    BarRest "bar_rest" "The rest of a bar.",
    Good "good" "Fine.",
    Notice "notice" "Worth knowing.",
    Warning "warning" "Needs care.",
    Danger "danger" "Something burns, or cannot be undone.",
    Info "info" "Explanations.",
    Input "input" "Text being typed.",
    Header "header" "The two lines on top.",
    Footer "footer" "The line at the bottom.",
    DangerPage "danger_page" "The whole page of an action that cannot be undone.",
    MapBorder "map_border" "Borders on the map.",
    MapDotGood "map_dot_good" "A place where all is well.",
    MapDotWarning "map_dot_warning" "A place that needs care.",
    MapDotDanger "map_dot_danger" "A place with something burning.",
    MapDotNone "map_dot_none" "A place without data.",
}

impl Role {
    /// Whether people read text in this role, so that its contrast matters. The others are areas and lines.
    pub const fn is_text(self) -> bool {
        !matches!(self, Role::BarFull | Role::BarRest | Role::MapBorder)
    }
}
