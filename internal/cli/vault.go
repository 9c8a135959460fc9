package cli

import (
	"fmt"
	"os"
	"strings"

	"gongkai/internal/app"
	"gongkai/internal/fault"
	"gongkai/internal/notify"
)

type vaultCmd struct {
	Check  vaultCheckCmd  `cmd:"" help:"检查个人信息的密钥是否齐全。"`
	Rotate vaultRotateCmd `cmd:"" help:"换一把新密钥，并用它重新加密全部个人信息。"`
	Export vaultExportCmd `cmd:"" help:"把密钥写到一个新文件，另行保管。"`
}

type vaultCheckCmd struct{}

// Run prints a line a column that cannot be read.
func (c *vaultCheckCmd) Run(r *run) error {
	return r.reading(func(a *app.App) error {
		list, err := a.Unreadable(r.ctx)
		if err != nil {
			return err
		}
		for _, u := range list {
			if err := r.print(u); err != nil {
				return err
			}
			fmt.Fprintln(r.errs, u.Sentence())
		}
		if len(list) > 0 {
			return errFaults
		}
		return nil
	})
}

type vaultRotateCmd struct{}

// Run makes a key and seals everything anew.
func (c *vaultRotateCmd) Run(r *run) error {
	return r.reading(func(a *app.App) error {
		key, n, err := a.RotateVault(r.ctx)
		if err != nil {
			return err
		}
		return r.print(map[string]any{"key": key, "sealed": n})
	})
}

type vaultExportCmd struct {
	File string `arg:"" help:"写入的文件，必须还不存在。"`
}

// Run writes the keys to a file of mode 0600.
func (c *vaultExportCmd) Run(r *run) error {
	return r.reading(func(a *app.App) error {
		if err := a.Vault.Export(r.ctx, c.File); err != nil {
			return err
		}
		return r.print(map[string]any{"exported": c.File})
	})
}

// mailFlags say through which server notices go out as mail.
type mailFlags struct {
	SMTPURL          string `help:"发信服务器，如 smtp://用户@主机:587 或 smtps://主机:465；内网里没有加密的写 smtp://主机:25?starttls=never。不写则不发邮件。" name:"smtp-url" placeholder:"URL" env:"GONGKAI_SMTP_URL"`
	SMTPPassword     string `help:"发信服务器的口令；请放在环境变量或文件里，不要写在命令行。" name:"smtp-password" placeholder:"SECRET" env:"GONGKAI_SMTP_PASSWORD"`
	SMTPPasswordFile string `help:"存放发信服务器口令的文件。" name:"smtp-password-file" placeholder:"FILE" env:"GONGKAI_SMTP_PASSWORD_FILE"`
	MailFrom         string `help:"发件邮箱，如 清河市政务公开 <noreply@example.gov.cn>。" placeholder:"ADDRESS" env:"GONGKAI_MAIL_FROM"`
}

// mailer is nil when no server is named.
func (f mailFlags) mailer() (*notify.Mailer, error) {
	const op = "cli.mailer"
	if f.SMTPURL == "" {
		return nil, nil
	}
	c := notify.MailConfig{URL: f.SMTPURL, Password: f.SMTPPassword, From: f.MailFrom}
	if f.SMTPPasswordFile != "" {
		b, err := os.ReadFile(f.SMTPPasswordFile)
		if err != nil {
			return nil, fault.Field(op, "smtp-password-file", "--smtp-password-file：文件打不开，请检查路径和权限。")
		}
		c.Password = strings.TrimRight(string(b), "\r\n")
	}
	m, err := notify.NewMailer(c)
	if err != nil {
		return nil, fault.Field(op, fault.FieldOf(err), "%s", fault.Text(err))
	}
	return m, nil
}
