# 开发者工具；其输出为英文。
cli-about-sim = 模拟多台终端与中心站在恶劣网络下的运行，检验同步的各项保证
cli-arg-seeds = 模拟多少天，每天一个种子
cli-arg-sim-from = 第一个种子
cli-arg-without = 关掉这条规则：必有一项保证被打破
cli-proof-days = 模拟日
cli-fail-proof = 工具无法工作：{ $why }
    .hint = 检查所涉路径及其权限
