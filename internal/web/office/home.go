package office

import (
	"net/http"

	"gongkai/internal/access"
	"gongkai/internal/audit"
)

// homeView is the first page: who you are, what you may do, what you did last.
type homeView struct {
	frame
	Held  []access.Held
	Rooms []homeRoom
	Acts  []audit.Row
}

type homeRoom struct{ Name, Href, What string }

func homePage(o *Office, c *call) (*answer, error) {
	d := &homeView{frame: o.frame(c, textHome)}
	held, err := o.access.Held(c.ctx(), c.who.Person)
	if err != nil {
		return nil, err
	}
	for _, h := range held {
		if h.Current {
			d.Held = append(d.Held, h)
		}
	}
	for _, room := range rooms[1:] {
		if ok, _ := access.Can(c.who.Actor, room.act, access.Thing{}); !ok {
			continue
		}
		what := duties[string(room.act)]
		if room.act == access.ViewOrgans {
			if ok, _ := access.Can(c.who.Actor, access.ManageOrgans, access.Thing{}); ok {
				what = duties[string(access.ManageOrgans)]
			}
		}
		d.Rooms = append(d.Rooms, homeRoom{room.name, room.href, what})
	}
	d.Acts, err = o.access.OwnActs(c.ctx(), c.who.Actor, 8)
	if err != nil {
		return nil, err
	}
	return o.page(c, "home", http.StatusOK, d)
}
