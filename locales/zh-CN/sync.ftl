# 与中心站同步：登记、收发、冲突、数据新旧。
refusal-console-revoked = 中心站已停用本机（{ $hub }），不能再办理任何业务
    .hint = 已办未送的业务还在本机，用 gongfu outbox export 导出后交管理员
code-outcome-console-revoked = 本机已停用
refusal-console-outdated = 本机程序版本旧于中心站（{ $hub }），只能查看，不能办理
    .hint = 请升级 gongfu 后再办
code-outcome-console-outdated = 程序版本旧
