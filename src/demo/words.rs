//! Word lists the names of the demo are made of. All people and firms are made up.
//!
//! Owns the lists only.

use crate::domain::codes::Grade;

pub(super) const SURNAMES: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马",
    "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹", "袁", "邓", "许", "傅", "沈", "曾",
    "彭", "吕", "苏", "卢", "蒋", "蔡", "贾", "丁", "魏", "薛", "叶", "阎", "余", "潘", "杜", "戴", "夏", "钟", "汪",
    "田", "任", "姜",
];

pub(super) const GIVEN: &[&str] = &[
    "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明", "超", "秀兰", "霞", "平", "刚",
    "桂英", "建国", "建军", "志强", "晓燕", "海燕", "文博", "雅琴", "红梅", "春生", "永福", "秋菊", "国栋", "玉兰",
    "小龙", "振华", "新民", "淑芳", "宏伟", "彩霞", "立新", "长青", "晓峰", "亚宁", "雪莲", "忠义", "克俭", "思远",
    "佳怡", "子轩", "宝山", "继红",
];

/// First part of a brand.
pub(super) const BRAND_A: &[&str] = &[
    "秦岭", "秦巴", "山珍", "绿野", "金穗", "丰泽", "云岭", "翠谷", "清源", "天成", "福满", "瑞禾", "百味", "田园",
    "乡韵", "山水", "鼎盛", "恒丰", "永兴", "华茂", "康源", "美农", "惠农", "兴农", "富民", "聚源", "宏达", "德润",
    "嘉禾", "春晖", "秋实", "青山", "碧水", "蓝天", "紫云", "白云", "红石", "黄土", "青龙", "金凤", "玉泉", "石门",
    "龙泉", "凤凰", "仙台", "瑶池", "松林", "竹海", "柳溪", "桃园", "杏林", "枣乡", "茶山", "药谷", "菌林", "果乡",
    "牧歌", "渔家", "蜂园", "谷丰", "麦香", "粟香", "荞香", "椒香",
];

/// Second part of a brand.
pub(super) const BRAND_B: &[&str] = &[
    "源", "园", "坊", "农", "乡", "谷", "禾", "盛", "达", "兴", "泰", "和", "康", "美", "鲜", "珍", "丰", "瑞", "祥",
    "茂", "润", "昌", "隆", "顺", "宝", "林", "山", "泉", "溪", "岭", "川", "原", "庄", "村", "家", "缘", "福", "荣",
    "华", "宏",
];

/// What may stand before a brand when there are more firms than brands.
pub(super) const BRAND_C: &[&str] = &["", "新", "老", "大", "鑫", "众", "益", "诚"];

/// Workplaces every county has; `{}` is the county's name, `{:}` the name without its last character.
pub(super) const WORKPLACES: &[&str] = &[
    "{}人民医院",
    "{}中医医院",
    "{}妇幼保健院",
    "{}疾病预防控制中心",
    "{}第一中学",
    "{}第二中学",
    "{}职业教育中心",
    "{}第一小学",
    "{}第二小学",
    "{}第三小学",
    "{}幼儿园",
    "{}教育局机关",
    "{}财政局机关",
    "{}卫生健康局机关",
    "{}农业农村局机关",
    "{}林业局机关",
    "{}交通运输局机关",
    "{}水利局机关",
    "{}住房和城乡建设局机关",
    "{}人力资源和社会保障局机关",
    "{}公安局机关",
    "{}税务局",
    "{}市场监督管理局机关",
    "{}自然资源局机关",
    "{}自来水公司",
    "{}供电公司",
    "{}热力公司",
    "{}公路管理段",
    "{}环境卫生服务中心",
    "{}图书馆",
    "{}文化馆",
    "{}融媒体中心",
    "{}邮政公司",
    "{}电信公司",
    "{}汽车运输公司",
    "{}粮食储备库",
    "{}城关街道办事处",
    "{}敬老院",
    "{}气象局",
    "{}烟草公司",
];

/// Fields of business of made-up firms that buy.
pub(super) const BUSINESSES: &[&str] = &[
    "机械制造",
    "建材",
    "商贸",
    "物流",
    "置业",
    "电子科技",
    "化工",
    "矿业",
    "酒店管理",
    "印务",
    "纺织",
    "制药",
    "热电",
    "客运",
];

pub(super) const STREETS: &[&str] = &[
    "人民路",
    "迎宾大道",
    "解放路",
    "西大街",
    "东大街",
    "建设路",
    "朝阳路",
    "滨河路",
    "文化路",
    "北新街",
    "南关街",
    "育才路",
    "工农路",
    "车站路",
    "振兴路",
    "金融街",
    "广场路",
    "新华街",
];

/// Bank families of 三（三）1, the Construction Bank first.
pub(super) const BANKS: &[&str] =
    &["建设银行", "中国银行", "农业银行", "工商银行", "交通银行", "秦农银行", "长安银行", "信合", "其他银行"];

/// Separately listed units beyond those of the reference file: made up for the demo, the real list comes from a file.
pub(super) const DIRECT_UNITS: &[&str] = &[
    "陕西投资集团",
    "陕西高速集团",
    "陕西交通建设集团",
    "陕西铁路集团",
    "陕西广电网络集团",
    "陕西旅游集团",
    "陕西文投集团",
    "陕西燃气集团",
    "陕西地方电力集团",
    "陕西水务集团",
    "陕西医药控股集团",
    "陕西地矿集团",
    "陕西烟草公司",
    "陕西盐业集团",
    "长安银行",
    "秦农银行",
    "陕西省农村信用社",
    "西部证券",
    "陕西出版传媒集团",
    "西电集团",
    "西安地铁公司",
    "陕西物流集团",
    "陕西能源集团",
    "陕西粮油储备公司",
    "陕西法门寺景区集团",
    "陕西环保集团",
    "陕西通用航空集团",
];

/// Titles of incidents: hazard class, title, and the categories it can happen to (`food` for all that is eaten).
pub(super) const TITLES: &[(Grade, &str, &str)] = &[
    (Grade::One, "大肠菌群超标", "food"),
    (Grade::One, "铅含量超标", "edible_fungus herb tea grain"),
    (Grade::One, "黄曲霉毒素B1超标", "nut grain bean oil condiment"),
    (Grade::One, "沙门氏菌检出", "meat poultry_egg dairy"),
    (Grade::One, "克百威残留超标", "fruit vegetable tea herb"),
    (Grade::One, "可分解致癌芳香胺染料检出", "silk handicraft"),
    (Grade::Two, "二氧化硫超标", "edible_fungus dried_fruit herb condiment staple"),
    (Grade::Two, "农残复检不合格", "fruit vegetable tea herb edible_fungus grain"),
    (Grade::Two, "霉变", "food"),
    (Grade::Two, "菌落总数超标", "honey dairy snack drink meat staple"),
    (Grade::Two, "过氧化值超标", "nut oil meat snack"),
    (Grade::Two, "虫蛀", "nut dried_fruit grain bean edible_fungus"),
    (Grade::Two, "水分超标", "edible_fungus tea dried_fruit herb grain bean"),
    (Grade::Two, "甜蜜素超标", "dried_fruit snack drink"),
    (Grade::Two, "甲醛含量超标", "silk handicraft"),
    (Grade::Three, "标签缺少生产日期", "food"),
    (Grade::Three, "净含量不足", "food"),
    (Grade::Three, "保质期标注不清", "food"),
    (Grade::Three, "外包装破损", ""),
    (Grade::Three, "产地标注与实际不符", ""),
    (Grade::Three, "执行标准号过期", ""),
    (Grade::Three, "营养成分表缺项", "snack drink dairy condiment staple honey"),
    (Grade::Three, "缺少合格证", "silk handicraft"),
];

pub(super) const OCCASIONS: &[&str] = &["中秋", "国庆", "端午", "春节", "夏季送清凉", "职工慰问"];

pub(super) const PACK_THEMES: &[&str] = &[
    "秦巴山珍",
    "陕南茶礼",
    "渭北果香",
    "陕北杂粮",
    "秦岭菌菇",
    "商洛土特产",
    "安康富硒",
    "汉中天府",
    "榆林五谷",
    "延安红枣苹果",
    "关中味道",
    "三秦好礼",
];

pub(super) const PROMOTIONS: &[&str] = &[
    "盛夏果蔬消费券",
    "富硒茶红包",
    "秦岭山货抽奖",
    "陕北小杂粮消费券",
    "八一拥军消费券",
    "伏季木耳红包",
    "职工夏凉抽奖",
    "柞水木耳专场",
    "丰收季消费券",
    "中秋礼包红包",
    "国庆消费抽奖",
    "苹果开园消费券",
];

pub(super) const SELLERS: &[&str] = &["陕西粮农集团", "陕西供销电商公司", "秦巴优选商贸公司", "三秦汇农公司"];

pub(super) const VISIT_NOTES: &[&str] = &[
    "商品陈列整齐，价签齐全",
    "已补货，二维码可扫",
    "柜员更换，已交接台账",
    "两种商品缺货，已通知供应商",
    "宣传折页已更新",
    "检查生产日期，均在保质期内",
    "销售台账完整",
    "位置偏僻，建议调整到大厅",
];
