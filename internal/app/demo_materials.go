package app

import (
	"bytes"
	"context"

	"gongkai/internal/access"
	"gongkai/internal/docfile"
	"gongkai/internal/request"
)

// seedMaterials hangs a contract on a request that is worked on: a name and a
// telephone number stand in it for whoever tries out how to redact. Everything
// in it is made up.
func (a *App) seedMaterials(ctx context.Context, id int64, clerk access.Actor) error {
	var b bytes.Buffer
	if err := docfile.WriteDOCX(&b, docfile.DocxContent{Title: "午餐采购合同", Blocks: []docfile.Block{
		docfile.Paragraph{Text: "甲方：清河市第一实验学校"}, docfile.Paragraph{Text: "乙方：演示餐饮服务公司"},
		docfile.Paragraph{Text: "乙方经办人演示员，手机13800138000。"}, docfile.Paragraph{Text: "每份午餐12元，每日800份，按月结算。"},
		docfile.Paragraph{Text: "内部备注：下一年度的预算意向尚在讨论。"}}}); err != nil {
		return err
	}
	file, err := a.Requests.AddMaterial(ctx, clerk, id, request.NewMaterial{Name: "午餐采购合同.docx", Origin: "后勤科2025年采购案卷", Item: 1}, b.Bytes())
	if err != nil {
		return err
	}
	return a.Requests.Mark(ctx, clerk, id, file, request.MarkForm{Words: "下一年度的预算意向尚在讨论", Ground: "DENY_PROCESS", Reason: "讨论中的意见"})
}
