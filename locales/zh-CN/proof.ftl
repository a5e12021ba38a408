# 开发者工具；其输出为英文。
cli-about-sim = 模拟多台终端与中心站在恶劣网络下的运行，检验同步的各项保证
cli-arg-seeds = 模拟多少天，每天一个种子
cli-arg-sim-from = 第一个种子
cli-arg-without = 关掉这条规则：必有一项保证被打破
cli-proof-days = 模拟日
cli-fail-proof = 工具无法工作：{ $why }
    .hint = 检查所涉路径及其权限
cli-about-test = 用真实进程做的测试
cli-about-test-kill9 = 随时强行终止终端、同步进程和中心站，检验数据不丢不破
cli-about-test-orders = 在本数据目录里不断下单，每单落盘后输出其编号
cli-arg-rounds = 终止多少次
cli-proof-rounds = 次
