//! What products of each category look like: forms of packing, prices, shelf life, people helped.
//!
//! Owns believable figures per category of `data/specialties.csv`; tests hold that every category there has a line.

/// A way a product is packed and sold.
pub(super) struct Form {
    /// Stands after the product's name.
    pub(super) suffix: &'static str,
    pub(super) spec: &'static str,
    pub(super) unit: &'static str,
    /// Usual price in fen.
    pub(super) price: i64,
}

/// What a category is like.
pub(super) struct Category {
    pub(super) code: &'static str,
    /// Word for a firm of this trade; empty when only general farm firms sell it.
    pub(super) trade: &'static str,
    pub(super) shelf_life_days: i64,
    pub(super) forms: &'static [Form],
}

macro_rules! categories { ($( $code:literal $trade:literal $days:literal: $( $suffix:literal $spec:literal $unit:literal $price:literal ),* ; )*) => {
    const CATEGORIES: &[Category] = &[ $( Category {
        code: $code, trade: $trade, shelf_life_days: $days,
        forms: &[ $( Form { suffix: $suffix, spec: $spec, unit: $unit, price: $price } ),* ],
    } ),* ];
} }

categories! {
    "aquatic" "水产养殖" 7: " 1kg" "1kg/条" "条" 6_800, "礼盒" "2kg/盒" "盒" 15_800, " 500g" "500g/袋" "袋" 3_680;
    "bean" "豆业" 365: " 1kg" "1kg/袋" "袋" 1_880, " 2.5kg" "2.5kg/袋" "袋" 4_280, "礼盒" "3kg/盒" "盒" 6_800;
    "condiment" "调味品" 540: " 250g" "250g/袋" "袋" 2_680, " 500g" "500g/袋" "袋" 4_980, "礼盒" "200g×4/盒" "盒" 9_800;
    "dairy" "乳业" 540: " 400g" "400g/罐" "罐" 9_800, " 800g" "800g/罐" "罐" 18_800, "条装" "25g×16/盒" "盒" 6_800;
    "dried_fruit" "果业" 270: " 500g" "500g/袋" "袋" 2_980, " 1kg" "1kg/袋" "袋" 5_680, "礼盒" "1.5kg/盒" "盒" 9_980,
        "独立装" "300g/袋" "袋" 1_980;
    "drink" "饮品" 365: " 6瓶装" "500ml×6/箱" "箱" 5_980, " 12瓶装" "330ml×12/箱" "箱" 8_800, "礼盒" "1L×2/盒" "盒" 9_900;
    "edible_fungus" "食用菌" 540: " 250g" "250g/袋" "袋" 3_980, "礼盒" "500g/盒" "盒" 12_800, " 500g" "500g/袋" "袋" 7_600,
        "小包装" "100g/袋" "袋" 1_880, "珍品礼盒" "800g/盒" "盒" 23_800;
    "fruit" "果业" 30: " 2.5kg" "2.5kg/箱" "箱" 3_680, " 5kg" "5kg/箱" "箱" 6_580, "礼盒" "12枚/盒" "盒" 8_800,
        "精品" "4kg/箱" "箱" 7_980;
    "grain" "粮油" 365: " 2.5kg" "2.5kg/袋" "袋" 2_680, " 5kg" "5kg/袋" "袋" 4_980, "礼盒" "1kg×4/盒" "盒" 7_800,
        " 10kg" "10kg/袋" "袋" 9_200;
    "handicraft" "手工艺" 3650: "" "1件" "件" 12_800, "礼盒" "1件/盒" "盒" 26_800, "摆件" "1件" "件" 36_800;
    "herb" "中药材" 720: " 250g" "250g/袋" "袋" 4_580, " 500g" "500g/袋" "袋" 8_600, "礼盒" "300g×2/盒" "盒" 13_800,
        "切片" "200g/瓶" "瓶" 5_680;
    "honey" "蜂业" 720: " 500g" "500g/瓶" "瓶" 5_980, " 1kg" "1kg/瓶" "瓶" 10_800, "礼盒" "500g×2/盒" "盒" 13_800;
    "meat" "养殖" 180: " 500g" "500g/袋" "袋" 5_680, " 1kg" "1kg/袋" "袋" 10_800, "礼盒" "2kg/盒" "盒" 22_800;
    "nut" "干果" 270: " 500g" "500g/袋" "袋" 2_880, " 1kg" "1kg/袋" "袋" 5_480, "礼盒" "2kg/盒" "盒" 11_800,
        "仁 250g" "250g/袋" "袋" 3_380;
    "oil" "粮油" 540: " 1.8L" "1.8L/桶" "桶" 5_980, " 5L" "5L/桶" "桶" 13_800, "礼盒" "500ml×2/盒" "盒" 9_800;
    "poultry_egg" "养殖" 40: " 30枚" "30枚/箱" "箱" 4_580, " 60枚" "60枚/箱" "箱" 8_800, "礼盒" "40枚/盒" "盒" 6_680;
    "silk" "丝绸" 3650: " 2kg" "2kg/床" "床" 69_800, " 1kg" "1kg/床" "床" 39_800, "丝巾" "1条/盒" "盒" 19_800;
    "snack" "食品" 180: " 400g" "400g/盒" "盒" 2_680, "礼盒" "800g/盒" "盒" 5_680, "散装" "500g/袋" "袋" 2_180;
    "staple" "食品" 270: " 500g" "500g/袋" "袋" 1_680, " 2.5kg" "2.5kg/箱" "箱" 5_980, "礼盒" "2kg/盒" "盒" 6_880;
    "tea" "茶业" 540: " 250g" "250g/盒" "盒" 16_800, "礼盒" "200g×2/盒" "盒" 39_800, " 100g" "100g/罐" "罐" 8_800,
        "特级" "125g/罐" "罐" 23_800, "口粮装" "500g/袋" "袋" 9_800;
    "vegetable" "蔬菜" 60: " 2.5kg" "2.5kg/箱" "箱" 2_980, " 5kg" "5kg/箱" "箱" 5_280, "脱水装" "250g/袋" "袋" 2_480;
    "other" "" 365: "" "1件" "件" 5_000, "礼盒" "1件/盒" "盒" 9_800;
}

/// The line of a category; unknown ones are sold as `other`.
pub(super) fn category(code: &str) -> Option<&'static Category> {
    CATEGORIES.iter().find(|c| c.code == code).or(CATEGORIES.last())
}
