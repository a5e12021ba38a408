//! The columns of a product list and the many ways their headers are written.
//!
//! Owns the synonyms and the search for the header row; knows nothing of what stands in the lines.

use super::error::FormError;
use super::values::half_width;
use crate::domain::codes::codes;

codes! {
    /// A column the reader understands. The code is also the field's name in messages.
    Column {
        Supplier = "supplier_name", County = "county_code", Product = "product_name", Price = "price", Spec = "spec",
        Unit = "unit", Stock = "stock", People = "people_helped", Households = "households", Category = "category",
        DirectoryNo = "national_directory_no", ContactName = "contact_name", Contact = "contact_phone",
        CreditCode = "credit_code", SupplierKind = "supplier_kind",
    }
}

/// Columns without which a list cannot be taken.
pub const REQUIRED: &[Column] = &[Column::Product, Column::Supplier, Column::County, Column::Price];

/// Rows from the top among which the header is looked for: titles and a line with the unit's name may stand above.
const HEADER_ROWS: usize = 10;

/// Synonyms as normalised by [`normal`]: no blanks, no punctuation, no brackets, lower case.
const SYNONYMS: &[(Column, &[&str])] = &[
    (
        Column::Supplier,
        &[
            "供应商",
            "供应商名称",
            "供应商销售商",
            "供货商",
            "供货单位",
            "企业名称",
            "企业",
            "生产企业",
            "生产单位",
            "生产厂家",
            "公司名称",
            "合作社",
            "合作社名称",
            "suppliername",
            "supplier",
            "enterprise",
            "producer",
        ],
    ),
    (
        Column::County,
        &[
            "贫困县",
            "县",
            "县区",
            "县区名称",
            "县市区",
            "区县",
            "所在县",
            "所属县",
            "所属县区",
            "所在县区",
            "产地",
            "产地县",
            "原产地",
            "县名",
            "贫困县名称",
            "脱贫县",
            "countycode",
            "county",
            "countyname",
            "origin",
            "区划代码",
        ],
    ),
    (
        Column::Product,
        &[
            "商品名称",
            "产品名称",
            "名称",
            "品名",
            "商品",
            "产品",
            "扶贫产品",
            "扶贫产品名称",
            "货品名称",
            "productname",
            "product",
            "name",
            "goods",
            "item",
        ],
    ),
    (
        Column::Price,
        &[
            "价格",
            "单价",
            "零售价",
            "销售价",
            "销售价格",
            "售价",
            "供货价",
            "供货价格",
            "采购价",
            "含税单价",
            "优惠价",
            "price",
            "unitprice",
            "priceyuan",
        ],
    ),
    (
        Column::Spec,
        &["规格", "产品规格", "商品规格", "规格型号", "包装规格", "净含量", "spec", "specification", "size"],
    ),
    (Column::Unit, &["单位", "计量单位", "销售单位", "包装单位", "unit"]),
    (
        Column::Stock,
        &["库存", "库存量", "库存数量", "现有库存", "可供数量", "可供货量", "数量", "stock", "quantity", "instock"],
    ),
    (
        Column::People,
        &[
            "带贫人数",
            "带动贫困人数",
            "带动人数",
            "带动贫困人口",
            "带贫人口",
            "带动贫困人口数",
            "受益人数",
            "帮扶人数",
            "peoplehelped",
            "people",
            "helped",
        ],
    ),
    (
        Column::Households,
        &[
            "带贫户数",
            "带动贫困户数",
            "带动贫困户",
            "带动户数",
            "贫困户数",
            "受益户数",
            "households",
            "householdshelped",
        ],
    ),
    (Column::Category, &["类别", "产品类别", "商品类别", "品类", "种类", "分类", "类型", "category", "type"]),
    (
        Column::DirectoryNo,
        &[
            "全国扶贫产品编号",
            "扶贫产品编号",
            "全国扶贫产品目录编号",
            "产品编号",
            "目录编号",
            "目录号",
            "认定编号",
            "nationaldirectoryno",
            "directoryno",
            "directorynumber",
        ],
    ),
    (
        Column::ContactName,
        &[
            "联系人",
            "供应商联系人",
            "供应商销售商联系人",
            "负责人",
            "联系人姓名",
            "contactname",
            "contact",
            "contactperson",
        ],
    ),
    (
        Column::Contact,
        &[
            "联系方式",
            "联系电话",
            "电话",
            "手机",
            "手机号",
            "手机号码",
            "联系人电话",
            "电话号码",
            "contactphone",
            "phone",
            "mobile",
            "tel",
            "telephone",
        ],
    ),
    (
        Column::CreditCode,
        &["统一社会信用代码", "社会信用代码", "信用代码", "营业执照号", "creditcode", "unifiedsocialcreditcode"],
    ),
    (Column::SupplierKind, &["企业类型", "供应商类型", "主体类型", "单位性质", "企业性质", "supplierkind"]),
];

/// A header that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderMatch {
    pub column: Column,
    /// The header as written.
    pub found: String,
    /// Place in the row, from 0.
    pub index: usize,
}

/// Where the header is and what it says.
pub(super) struct Header {
    /// Index of the header among the rows.
    pub(super) row: usize,
    pub(super) map: Vec<HeaderMatch>,
}

/// Text for comparing: half-width, lower case, letters and digits only, without what stands in brackets.
fn normal(header: &str) -> (String, String) {
    let (mut outside, mut inside) = (String::new(), String::new());
    let mut depth = 0_u32;
    for c in half_width(header).chars() {
        match c {
            '(' | '[' | '【' | '〔' => depth += 1,
            ')' | ']' | '】' | '〕' => depth = depth.saturating_sub(1),
            _ if !c.is_alphanumeric() => {}
            _ if depth > 0 => inside.extend(c.to_lowercase()),
            _ => outside.extend(c.to_lowercase()),
        }
    }
    (outside, inside)
}

/// The column a header means, if any.
pub fn recognise(header: &str) -> Option<Column> {
    // A header is short; a paragraph above the table is not one.
    if header.chars().count() > 40 {
        return None;
    }
    let (outside, inside) = normal(header);
    let outside = outside.strip_suffix('元').unwrap_or(&outside);
    let find = |text: &str| SYNONYMS.iter().find(|(_, list)| list.contains(&text)).map(|(column, _)| *column);
    let column = find(outside)?;
    match column {
        // A price in another unit must not be read as yuan, nor households as persons.
        Column::Price if inside.contains(['万', '分', '角']) => None,
        Column::People if inside.contains('户') && !inside.contains('人') => Some(Column::Households),
        _ => Some(column),
    }
}

/// What a row says when it is read as a header. The first of two equal columns counts.
pub(super) fn matches(cells: &[String]) -> Vec<HeaderMatch> {
    let mut map: Vec<HeaderMatch> = Vec::new();
    for (index, cell) in cells.iter().enumerate() {
        if let Some(column) = recognise(cell).filter(|c| map.iter().all(|m| m.column != *c)) {
            map.push(HeaderMatch { column, found: cell.trim().to_owned(), index });
        }
    }
    map
}

/// Finds the header among the first rows: the one with most columns.
///
/// # Errors
/// `not-a-table` when no row looks like a header, `missing-columns` naming those the best one lacks.
pub(super) fn find_header<'a>(rows: impl Iterator<Item = &'a [String]>) -> Result<Header, FormError> {
    let mut best: Option<Header> = None;
    for (row, cells) in rows.take(HEADER_ROWS).enumerate() {
        let map = matches(cells);
        if map.len() > best.as_ref().map_or(0, |b| b.map.len()) {
            best = Some(Header { row, map });
        }
    }
    let Some(best) = best.filter(|b| b.map.len() >= 2) else { return Err(FormError::new("not-a-table")) };
    let missing: Vec<&str> =
        REQUIRED.iter().filter(|c| best.map.iter().all(|m| m.column != **c)).map(|c| c.code()).collect();
    if missing.is_empty() {
        return Ok(best);
    }
    let found: Vec<&str> = best.map.iter().map(|m| m.found.as_str()).collect();
    Err(FormError::new("missing-columns").with("columns", missing.join(",")).with("found", found.join("、")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_known_in_many_spellings() {
        let cases = [
            ("商品名称", Some(Column::Product)),
            ("产品\n名称", Some(Column::Product)),
            ("单价（元）", Some(Column::Price)),
            ("价格(元/袋)", Some(Column::Price)),
            ("单价元", Some(Column::Price)),
            ("Unit Price", Some(Column::Price)),
            ("product_name", Some(Column::Product)),
            ("供应商/销售商", Some(Column::Supplier)),
            ("供应商/销售商联系人", Some(Column::ContactName)),
            ("县（区）", Some(Column::County)),
            ("＊贫困县", Some(Column::County)),
            ("带贫人数（户）", Some(Column::Households)),
            ("带贫人数（户、人）", Some(Column::People)),
            ("全国扶贫产品编号", Some(Column::DirectoryNo)),
            ("价格（万元）", None),
            ("序号", None),
            ("", None),
        ];
        for (header, expected) in cases {
            assert_eq!(recognise(header), expected, "{header}");
        }
    }

    #[test]
    fn no_synonym_means_two_columns_and_all_are_normalised() {
        let all: Vec<_> = SYNONYMS.iter().flat_map(|(_, list)| list.iter()).collect();
        for (i, word) in all.iter().enumerate() {
            assert!(!all.iter().skip(i + 1).any(|w| w == word), "{word} is there twice");
            assert_eq!(normal(word).0, **word, "{word} is not as it is compared");
        }
        assert_eq!(SYNONYMS.len(), Column::ALL.len());
    }
}
