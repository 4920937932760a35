package handlers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"unicode"

	"xmode/call"
	"xmode/platform"
	"xmode/store"
)

// Limits of one call of /provision_x.
const (
	maxChange = 1000 // bindings to bind, and ids to unbind
	maxUserID = 256  // bytes
)

// provisionBody is the generic provisioning call of the X-mode documents.
type provisionBody struct {
	Mode     string            `json:"mode"`
	ConfigID json.RawMessage   `json:"config_id"`
	UserID   string            `json:"user_id"`
	Payload  *provisionPayload `json:"payload"`
}

// provisionPayload is what is to change: Unbind comes before Bind.
type provisionPayload struct {
	Bind   []json.RawMessage `json:"bind"`
	Unbind []string          `json:"unbind"`
}

// provisionAnswer is the answer, good or bad.
type provisionAnswer struct {
	StatusCode int             `json:"status_code"`
	Message    string          `json:"message"`
	Data       *provisionData  `json:"data,omitempty"`
	Error      *provisionFault `json:"error,omitempty"`
}

// provisionData lists what was changed, or in debug mode would be.
type provisionData struct {
	Bound   []string `json:"bound"`
	Unbound []string `json:"unbound"`
}

// provisionFault says what went wrong; Code is the status once more.
type provisionFault struct {
	Code    string            `json:"code"`
	Message string            `json:"message"`
	Fields  map[string]string `json:"fields,omitempty"`
}

// provisioning is a call that makes sense.
type provisioning struct {
	userID string
	change store.Change
}

// provisionError puts an error into the form of /provision_x.
func provisionError(e *apiError) provisionAnswer {
	return provisionAnswer{StatusCode: e.status, Message: e.Message,
		Error: &provisionFault{Code: strconv.Itoa(e.status), Message: e.Message, Fields: e.Fields}}
}

// provision makes the change, or in debug mode reports what it would do.
func (a *admin) provision(r *request, p provisioning) (reply, error) {
	done, err := a.Provisioner.Apply(r.ctx, p.change)
	if err != nil {
		return reply{}, err
	}
	if !p.change.Dry {
		a.audit(r, "unbind", p.userID, done.Removed...)
		a.audit(r, "bind", p.userID, done.Changed...)
	}
	return reply{body: provisionAnswer{StatusCode: http.StatusOK, Message: "Success",
		Data: &provisionData{Bound: idStrings(done.Bound), Unbound: idStrings(done.Unbound)}}}, nil
}

// idStrings writes ids as JSON has them.
func idStrings(ids []call.ID) []string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = id.String()
	}
	return list
}

// readProvision reads a call and reports all its faults, those of every
// binding in it too.
func (a *admin) readProvision(r *request) (p provisioning, err error) {
	body, err := jsonBody(r)
	if err != nil {
		return p, err
	}
	var in provisionBody
	f, err := a.codec.decode(body, &in)
	if err != nil {
		return p, err
	}
	if in.Mode != "live" && in.Mode != "debug" {
		f.add("mode", requiredOr(in.Mode, "must be one of live, debug"))
	}
	if len(in.UserID) > maxUserID || strings.ContainsFunc(in.UserID, unicode.IsControl) {
		f.add("user_id", fmt.Sprintf("must be at most %d bytes without control characters", maxUserID))
	}
	if in.UserID == "" {
		f.add("user_id", "required")
	}
	p.userID = in.UserID
	p.change = store.Change{At: r.now, Dry: in.Mode == "debug"}
	preset := a.preset(in.ConfigID, &f)
	if in.Payload == nil {
		f.add("payload", "required")
		return p, f.err()
	}
	p.change.Unbind = unbinds(in.Payload.Unbind, &f)
	p.change.Bind = a.binds(in.Payload.Bind, preset, r, &f)
	return p, f.err()
}

// unbinds reads the ids to unbind.
func unbinds(texts []string, f *faults) []call.ID {
	if len(texts) > maxChange {
		f.add("payload.unbind", fmt.Sprintf("must be at most %d items", maxChange))
		return nil
	}
	ids := make([]call.ID, len(texts))
	seen := make(map[call.ID]bool, len(texts))
	for i, text := range texts {
		id, err := call.ParseID(text)
		switch {
		case err != nil:
			f.add("payload.unbind", itemFault(i+1, "must be 1 to 9007199254740991 in decimal, without leading zero"))
		case seen[id]:
			f.add("payload.unbind", itemFault(i+1, "occurs twice"))
		}
		ids[i], seen[id] = id, true
	}
	return ids
}

// binds reads the bindings to bind.
func (a *admin) binds(texts []json.RawMessage, preset []byte, r *request, f *faults) []call.Binding {
	if len(texts) > maxChange {
		f.add("payload.bind", fmt.Sprintf("must be at most %d items", maxChange))
		return nil
	}
	bindings := make([]call.Binding, len(texts))
	seen := make(map[call.ID]bool, len(texts))
	for i, text := range texts {
		if text == nil {
			continue // null, which is a fault of the list already
		}
		path := "payload.bind[" + strconv.Itoa(i) + "]"
		if !platform.IsObject(text) {
			f.add(path, "must be an object")
			continue
		}
		b, wrong := a.codec.fields(text, preset, r.now)
		f.merge(path+".", wrong)
		if b.ID != 0 && seen[b.ID] {
			f.add(path+".id", "occurs twice")
		}
		bindings[i], seen[b.ID] = b, true
	}
	return bindings
}
