//! What every stored row has in common, and the macro that declares a row once.
//!
//! A declaration gives the struct, its id type, its columns and the conversion to and from [`Value`]s. Storage, audit,
//! history and wire all walk those columns, so a new field is added in one place (and in a migration).

use super::value::{Cell, CellError, CellType, Shown, Value};
use jiff::Timestamp;
use uuid::Uuid;

/// Who owns a row, which version it is, and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Meta {
    /// Organisation that owns the row; decides whose area it belongs to.
    pub org: Uuid,
    /// 1 when created, +1 with each change.
    pub rev: i64,
    pub created_at: Timestamp,
    pub created_by: String,
    pub updated_at: Timestamp,
    pub updated_by: String,
    /// `typed`, `import:<file hash>!<sheet>!<cell>`, `sync`, `plugin:<name>` or `demo`.
    pub source: String,
}

impl Meta {
    /// The columns of [`Meta`], which come right after the id in every table.
    pub const COLUMNS: &'static [Column] = &[
        Column { name: "org_id", cell: CellType::Blob, nullable: false },
        Column { name: "rev", cell: CellType::Int, nullable: false },
        Column { name: "created_at", cell: CellType::Int, nullable: false },
        Column { name: "created_by", cell: CellType::Text, nullable: false },
        Column { name: "updated_at", cell: CellType::Int, nullable: false },
        Column { name: "updated_by", cell: CellType::Text, nullable: false },
        Column { name: "source", cell: CellType::Text, nullable: false },
    ];

    /// The values in the order of [`Meta::COLUMNS`].
    pub fn cells(&self, out: &mut Vec<Value>) {
        out.push(self.org.to_value());
        out.push(Value::Int(self.rev));
        out.push(self.created_at.to_value());
        out.push(self.created_by.to_value());
        out.push(self.updated_at.to_value());
        out.push(self.updated_by.to_value());
        out.push(self.source.to_value());
    }

    /// As [`Meta::cells`], without a copy.
    pub fn show(&self, to: &mut dyn FnMut(Shown<'_>)) {
        self.org.show(to);
        to(Shown::Int(self.rev));
        self.created_at.show(to);
        self.created_by.show(to);
        self.updated_at.show(to);
        self.updated_by.show(to);
        self.source.show(to);
    }

    /// Reads the values in the order of [`Meta::COLUMNS`].
    ///
    /// # Errors
    /// When a value is missing or has the wrong type.
    pub fn from_cells(cells: &mut impl Iterator<Item = Value>) -> Result<Meta, CellError> {
        Ok(Meta {
            org: take(cells)?,
            rev: take(cells)?,
            created_at: take(cells)?,
            created_by: take(cells)?,
            updated_at: take(cells)?,
            updated_by: take(cells)?,
            source: take(cells)?,
        })
    }
}

/// Takes the next value as `T`; a missing one reads as null.
///
/// # Errors
/// When the value has the wrong type.
pub fn take<T: Cell>(cells: &mut impl Iterator<Item = Value>) -> Result<T, CellError> {
    T::from_value(cells.next().unwrap_or(Value::Null))
}

/// One column of a row table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Column {
    pub name: &'static str,
    pub cell: CellType,
    pub nullable: bool,
}

/// A row type. Implemented by the `records!` macro only.
pub trait Record: Sized + Clone + PartialEq + Into<super::rows::Row> {
    const KIND: super::rows::Kind;
    const COLUMNS: &'static [Column];
    fn uuid(&self) -> Uuid;
    fn meta(&self) -> &Meta;
    fn meta_mut(&mut self) -> &mut Meta;
    /// The row out of the sum type, when it is of this kind.
    fn from_row(row: super::rows::Row) -> Option<Self>;
}

/// Declares row types; see the module text.
macro_rules! records {
    ($( $(#[$doc:meta])* $name:ident($table:literal, $id:ident) { $( $(#[$fdoc:meta])* $field:ident : $ty:ty ),* $(,)? } )*) => {
        $(
            /// Id of a row of its kind; people see codes instead.
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $id(pub uuid::Uuid);

            impl $crate::domain::value::Cell for $id {
                const TYPE: $crate::domain::value::CellType = $crate::domain::value::CellType::Blob;
                fn to_value(&self) -> $crate::domain::value::Value { $crate::domain::value::Cell::to_value(&self.0) }
                fn show(&self, to: &mut dyn FnMut($crate::domain::value::Shown<'_>)) {
                    $crate::domain::value::Cell::show(&self.0, to);
                }
                fn from_value(v: $crate::domain::value::Value) -> Result<Self, $crate::domain::value::CellError> {
                    <uuid::Uuid as $crate::domain::value::Cell>::from_value(v).map($id)
                }
            }

            $(#[$doc])*
            #[derive(Debug, Clone, PartialEq)]
            pub struct $name {
                pub id: $id,
                pub meta: $crate::domain::record::Meta,
                $( $(#[$fdoc])* pub $field: $ty ),*
            }

            impl $crate::domain::record::Record for $name {
                const KIND: Kind = Kind::$name;
                const COLUMNS: &'static [$crate::domain::record::Column] = &[ $(
                    $crate::domain::record::Column {
                        name: stringify!($field),
                        cell: <$ty as $crate::domain::value::Cell>::TYPE,
                        nullable: <$ty as $crate::domain::value::Cell>::NULLABLE,
                    }
                ),* ];
                fn uuid(&self) -> uuid::Uuid { self.id.0 }
                fn meta(&self) -> &$crate::domain::record::Meta { &self.meta }
                fn meta_mut(&mut self) -> &mut $crate::domain::record::Meta { &mut self.meta }
                fn from_row(row: Row) -> Option<Self> {
                    match row { Row::$name(r) => Some(r), _ => None }
                }
            }

            impl From<$name> for Row { fn from(r: $name) -> Row { Row::$name(r) } }
        )*

        /// Every kind of row.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $( $name ),* }

        impl Kind {
            pub const ALL: &'static [Kind] = &[ $( Kind::$name ),* ];

            /// Name of the kind's table, also its word in commands and audit records.
            pub const fn table(self) -> &'static str { match self { $( Kind::$name => $table ),* } }

            /// The kind's own columns, after id and [`Meta`](super::record::Meta) columns.
            pub const fn columns(self) -> &'static [$crate::domain::record::Column] {
                match self { $( Kind::$name => <$name as $crate::domain::record::Record>::COLUMNS ),* }
            }

            /// The kind with this table name.
            pub fn parse(table: &str) -> Option<Kind> { Kind::ALL.iter().copied().find(|k| k.table() == table) }
        }

        impl serde::Serialize for Kind {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.table())
            }
        }

        impl<'de> serde::Deserialize<'de> for Kind {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(from)?;
                Kind::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("{text} is no kind of record")))
            }
        }

        /// A row of any kind.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Row { $( $name($name) ),* }

        impl Row {
            pub fn kind(&self) -> Kind { match self { $( Row::$name(_) => Kind::$name ),* } }
            pub fn uuid(&self) -> uuid::Uuid { match self { $( Row::$name(r) => r.id.0 ),* } }
            pub fn meta(&self) -> &$crate::domain::record::Meta { match self { $( Row::$name(r) => &r.meta ),* } }

            /// The kind's own values in the order of [`Kind::columns`].
            pub fn cells(&self) -> Vec<$crate::domain::value::Value> {
                match self { $( Row::$name(r) => vec![ $( $crate::domain::value::Cell::to_value(&r.$field) ),* ] ),* }
            }

            /// As [`Row::cells`], without a copy.
            pub fn show(&self, to: &mut dyn FnMut($crate::domain::value::Shown<'_>)) {
                match self { $( Row::$name(r) => { $( $crate::domain::value::Cell::show(&r.$field, to); )* } ),* }
            }

            /// The own value at this place among [`Kind::columns`]; null beyond the last.
            pub fn cell(&self, place: usize) -> $crate::domain::value::Value {
                match self { $( Row::$name(r) => {
                    let cells: &[fn(&$name) -> $crate::domain::value::Value] =
                        &[ $( |r| $crate::domain::value::Cell::to_value(&r.$field) ),* ];
                    cells.get(place).map_or($crate::domain::value::Value::Null, |cell| cell(r))
                } ),* }
            }

            /// The places among [`Kind::columns`] where this row differs from another of its kind, one bit each, the first
            /// lowest; all of them for a row of another kind.
            pub fn differing(&self, other: &Row) -> u64 {
                match (self, other) {
                    $( (Row::$name(a), Row::$name(b)) => {
                        let same = [ $( a.$field == b.$field ),* ];
                        same.iter().rev().fold(0, |set, same| set << 1 | u64::from(!same))
                    } )*
                    _ => u64::MAX >> (64 - self.kind().columns().len().max(1)),
                }
            }

            /// Reads a row of `kind` from its id, meta and own values.
            ///
            /// # Errors
            /// When a value is missing or has the wrong type.
            pub fn from_cells(
                kind: Kind, id: uuid::Uuid, meta: $crate::domain::record::Meta,
                cells: &mut impl Iterator<Item = $crate::domain::value::Value>,
            ) -> Result<Row, $crate::domain::value::CellError> {
                Ok(match kind { $(
                    Kind::$name => Row::$name($name { id: $id(id), meta, $( $field: $crate::domain::record::take(cells)? ),* })
                ),* })
            }
        }
    };
}
pub(crate) use records;
