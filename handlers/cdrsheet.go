package handlers

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"
)

// mimeCSV is RFC 4180.
const mimeCSV = "text/csv"

// sheet is CSV with a header row and a line for each record: all that a record
// says in the terms that platforms share, without the platform's own JSON.
//
// Programs that open CSV take a cell that begins with = + - or @ for a formula,
// and texts in here come from outside. Such a cell gets an apostrophe in front,
// by which those programs know a text; so does one that begins with an
// apostrophe, so that taking one away always gives the text back. Numbers are left as they are: a
// plus sign and digits are no formula that does anything.
type sheet struct{ out *csv.Writer }

func newSheet(out io.Writer) *sheet {
	return &sheet{csv.NewWriter(out)} // with CRLF it would change line feeds inside of texts as well
}

// sheetHeader names the columns.
func sheetHeader() []string {
	return []string{"platform", "record_id", "call_id", "kind", "x", "caller", "callee", "extension", "binding_id",
		"started_at", "ringing_at", "answered_at", "ended_at", "duration_s", "outcome", "released_by", "cause_code",
		"cause_text", "recording", "user_data", "first_pushed_at", "pushes", "conflict", "recording_id"}
}

func (s *sheet) begin() error { return s.out.Write(sheetHeader()) }

// flush hands on what the writer has gathered.
func (s *sheet) flush() error {
	s.out.Flush()
	return s.out.Error()
}

// record writes a row.
func (s *sheet) record(document []byte) error {
	var r Record
	if err := json.Unmarshal(document, &r); err != nil {
		return err
	}
	if s.out.Write(row(&r)) != nil {
		return errGone
	}
	return nil
}

// row lists the cells in the order of the header.
func row(r *Record) []string {
	return []string{text(r.Platform), text(r.RecordID), text(r.CallID), text(r.Kind), r.X, r.Caller, r.Callee,
		text(r.Extension), text(r.BindingID), r.StartedAt, r.RingingAt, r.AnsweredAt, r.EndedAt, strconv.Itoa(r.Duration),
		text(r.Outcome), text(r.ReleasedBy), text(r.Cause.Code), text(r.Cause.Text), text(r.Recording), text(r.UserData),
		r.FirstPushedAt, strconv.Itoa(r.Pushes), strconv.FormatBool(r.Conflict), r.RecordingID}
}

// text is a cell that no program takes for a formula. Call ids that begin with a
// number, as Huawei's do, stay as they are: programs join by them.
func text(s string) string {
	if len(s) > 1 && s[0] == '+' && '0' <= s[1] && s[1] <= '9' {
		return s
	}
	if s != "" && strings.ContainsRune("=+-@\t\r'", rune(s[0])) {
		return "'" + s
	}
	return s
}
