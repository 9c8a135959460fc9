package audit

// Act names what somebody did, saw or tried. The names are kept in the
// database for ever: add new ones, never rename.
type Act string

const (
	// Import brought documents in from files.
	Import Act = "import"
	// Publish released a work or an edition to the public.
	Publish Act = "publish"
	// Amend added a numbered record to a published edition.
	Amend Act = "amend"
	// Withdraw took a work off the public pages.
	Withdraw Act = "withdraw"
	// Restore put a withdrawn work back.
	Restore Act = "restore"
	// Fact recorded a dated fact about a work's validity.
	Fact Act = "fact"
	// Expunge removed words, files and personal fields for good.
	Expunge Act = "expunge"
	// Upload handed in a file.
	Upload Act = "upload"
	// Download took a file that is not public.
	Download Act = "download"
	// Backup wrote the whole library to an archive.
	Backup Act = "backup"
	// RestoreBackup filled an empty library from an archive.
	RestoreBackup Act = "restore_backup"
	// Verify recomputed log, seals and files.
	Verify Act = "verify"
	// ViewPersonal read personal data.
	ViewPersonal Act = "view_personal"
	// SignIn opened a session, or was refused one.
	SignIn Act = "sign_in"
	// SignOut ended a session.
	SignOut Act = "sign_out"
	// Reach asked for a page or a thing outside the actor's role or scope.
	Reach Act = "reach"
	// Configure changed organs, sites, columns or settings.
	Configure Act = "configure"
	// CaseAct did a step of a case; the detail names it.
	CaseAct Act = "case"
)

// Acts lists every act, in the order in which a filter shows them.
var Acts = []Act{Import, Publish, Amend, Withdraw, Restore, Fact, Expunge, Upload, Download, Backup, RestoreBackup, Verify, ViewPersonal, SignIn, SignOut, Reach, Configure, CaseAct}

var actNames = map[Act]string{
	Import: "导入文件", Publish: "发布", Amend: "更正补充", Withdraw: "撤下", Restore: "恢复公开", Fact: "登记效力",
	Expunge: "依法清除", Upload: "上传附件", Download: "下载文件", Backup: "备份", RestoreBackup: "从备份恢复", Verify: "核验",
	ViewPersonal: "查看个人信息", SignIn: "登录", SignOut: "退出登录", Reach: "访问", Configure: "修改设置", CaseAct: "办理事项",
}

// Chinese names the act on a page; an act of a newer build shows its own name.
func (a Act) Chinese() string {
	if name, ok := actNames[a]; ok {
		return name
	}
	return string(a)
}

// Outcome is what became of the attempt.
type Outcome string

const (
	// Done is an act that took effect.
	Done Outcome = "done"
	// Refused is an act that a rule or a right forbade; nothing changed.
	Refused Outcome = "refused"
	// Failed is an act that broke down on the way; nothing changed.
	Failed Outcome = "failed"
)

// Chinese names the outcome on a page.
func (o Outcome) Chinese() string {
	switch o {
	case Done:
		return "已完成"
	case Refused:
		return "被拒绝"
	case Failed:
		return "未成功"
	}
	return string(o)
}
