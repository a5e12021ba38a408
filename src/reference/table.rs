//! The kinds of reference file: name, fixed header and embedded text of each.
//!
//! Owns the list; must not know what the columns mean, that is in `kinds`.

/// A kind of reference file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    Divisions,
    Outline,
    VenueTypes,
    Unions,
    JiangsuPairs,
    Specialties,
    Programme,
}

struct Spec {
    table: Table,
    file: &'static str,
    columns: &'static [&'static str],
    text: &'static str,
}

macro_rules! specs { ($( $table:ident $file:literal: $($column:ident)* ; )*) => {
    const SPECS: &[Spec] = &[ $( Spec {
        table: Table::$table,
        file: $file,
        columns: &[ $( stringify!($column) ),* ],
        text: include_str!(concat!("../../data/", $file)),
    } ),* ];
} }

specs! {
    Divisions "shaanxi_divisions.csv": code name pinyin name_en prefecture_code prefecture level longitude latitude
        is_national_poverty_county exit_year exit_announced code_2021 name_2021 renamed_year code_kind confidence note;
    Outline "shaanxi_outline.csv": ring level code name seq longitude latitude;
    VenueTypes "venue_types.csv": code name_zh name_en family operator target_count counts_toward_1000 plan_item
        plan_phrase note;
    Unions "unions.csv": id name_zh name_en kind division_code parent_id files_annex1 files_annex2 confidence evidence;
    JiangsuPairs "jiangsu_pairs.csv": level shaanxi_code shaanxi_name jiangsu_code jiangsu_name jiangsu_city since_year
        evidence confidence note;
    Specialties "specialties.csv": product_name division_code division_name prefecture division_level
        is_national_poverty_county category base_unit pack_unit season_months gi_status evidence confidence;
    Programme "programme.csv": record code title title_en target unit due_on shown_on owner done_when plan_item;
}

impl Table {
    /// Every kind, in loading order.
    pub const ALL: &'static [Table] = &[
        Table::Divisions,
        Table::Outline,
        Table::VenueTypes,
        Table::Unions,
        Table::JiangsuPairs,
        Table::Specialties,
        Table::Programme,
    ];

    /// File name, without a folder.
    pub fn file(self) -> &'static str {
        self.spec().map_or("", |s| s.file)
    }

    /// The header row the file must have, in this order.
    pub fn columns(self) -> &'static [&'static str] {
        self.spec().map_or(&[], |s| s.columns)
    }

    /// The kind whose file has this name.
    pub fn parse(file: &str) -> Option<Table> {
        SPECS.iter().find(|s| s.file == file).map(|s| s.table)
    }

    fn spec(self) -> Option<&'static Spec> {
        SPECS.iter().find(|s| s.table == self)
    }
}

/// The text compiled into the program.
pub fn embedded(table: Table) -> &'static str {
    table.spec().map_or("", |s| s.text)
}
