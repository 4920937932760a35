package clauses

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"xmode/platform/aliyun/sim"
	"xmode/simulator/conform"
)

// receiptFields are the clauses about what receipts hold: every documented field,
// the optional ones absent, and the spellings that the pages disagree about.
func (t *trial) receiptFields() []conform.Clause {
	rule := conform.Rule
	list := []conform.Clause{
		t.fields("ALI-RCT-30", "A3 Fields", sim.SecretStartReport, t.start),
		rule("ALI-RCT-31", conform.Doc, "A3 Fields", "A SecretStartReport may lack any field that is not required.",
			"SecretStartReport/optional", t.acknowledges("SecretStartReports, each without another optional field", sim.SecretStartReport,
				lacking(t.start, "pool_key", "call_id", "phone_no", "secret_no", "peer_no", "called_display_no", "call_type", "call_time"))),
		t.fields("ALI-RCT-32", "A6 Fields", sim.SecretRingReport, t.ring),
		t.fields("ALI-RCT-33", "A6 Fields", sim.SecretPickUpReport, t.pickUp),
		rule("ALI-RCT-34", conform.Doc, "A6 Fields", "The ring_time of a SecretPickUpReport may be spelt ring_Time or ringTime.",
			"spelling/ring_time", t.acknowledges("SecretPickUpReports in the spellings of ring_time", sim.SecretPickUpReport, t.ringSpellings)),
		t.fields("ALI-RCT-35", "A4 Fields", sim.SecretReport, t.report),
		rule("ALI-RCT-36", conform.Inferred, "A4 Fields", "A SecretReport may lack any field but the call's id.",
			"SecretReport/optional", t.acknowledges("SecretReports, each without another field", sim.SecretReport, lacking(t.report, "call_id"))),
		rule("ALI-RCT-37", conform.Doc, "A4 Fields", "The format of 2017 is acknowledged.",
			"format/2017", t.acknowledges("a SecretReport in the format of 2017", sim.SecretReport, one(t.old))),
		rule("ALI-RCT-38", conform.Doc, "A4 Fields", "The format of 2017 may lack any field that it does not require.",
			"format/2017", t.acknowledges("a SecretReport in the format of 2017, with its required fields alone", sim.SecretReport,
				only(t.old, "id", "partner_key", "phone_no", "secret_no", "peer_no"))),
		rule("ALI-RCT-39", conform.Doc, "A4 Fields", "The record of a text, all of whose times are the same, is acknowledged.",
			"record/sms", t.acknowledges("the SecretReport of a text", sim.SecretReport, t.textRecord)),
		rule("ALI-RCT-40", conform.Doc, "A4 Fields", "The record of a call that nobody answered is acknowledged.",
			"record/unanswered", t.acknowledges("the SecretReport of a call that nobody answered", sim.SecretReport, t.unanswered)),
		t.fields("ALI-RCT-41", "A5 Fields", sim.SecretRecording, t.recording),
		rule("ALI-RCT-42", conform.Doc, "A5 Fields", "A SecretRecording may lack out_id.",
			"SecretRecording/optional", t.acknowledges("a SecretRecording without out_id", sim.SecretRecording, lacking(t.recording, "pool_key", "sub_id", "call_id", "call_time"))),
		rule("ALI-RCT-43", conform.Doc, "A5 Fields", "The call_time of a SecretRecording may be milliseconds, as a number or a string, or a date.",
			"spelling/call_time", t.acknowledges("SecretRecordings in the forms of call_time", sim.SecretRecording, t.recordingTimes)),
		rule("ALI-RCT-44", conform.Doc, "A5 Fields", "The sub_id of a SecretRecording may be spelt subs_id.",
			"spelling/subs_id", t.acknowledges("a SecretRecording with subs_id", sim.SecretRecording, func() []record {
				return []record{t.recording().With("sub_id", nil).With("subs_id", subs)}
			})),
		t.fields("ALI-RCT-45", "A7 Fields", sim.NumberManagementReport, t.number),
		rule("ALI-RCT-46", conform.Doc, "A7 Fields", "A NumberManagementReport may be spelt secretNo, partnerKey, operatingTime.",
			"spelling/secretNo", t.acknowledges("a NumberManagementReport in the spelling of the table", sim.NumberManagementReport, t.numberSpelling)),
		t.fields("ALI-RCT-47", "A7 Fields", sim.SecretSmsIntercept, t.intercept),
		rule("ALI-RCT-48", conform.Doc, "A7 Fields", "A SecretSmsIntercept may lack out_id, sms_sign, status and sms_intercept_type.",
			"SecretSmsIntercept/optional", t.acknowledges("a SecretSmsIntercept without its optional fields", sim.SecretSmsIntercept, func() []record {
				return []record{t.intercept().With("out_id", nil).With("sms_sign", nil).With("status", nil).With("sms_intercept_type", nil)}
			})),
		rule("ALI-RCT-49", conform.Doc, "A3 Fields", "Numbers may be strings, and strings numbers, as in the samples.",
			"types/both", t.numbersBothWays),
	}
	return list
}

// fields is the clause that a receipt with every documented field is acknowledged.
func (t *trial) fields(name, ref string, kind sim.Type, r func() record) conform.Clause {
	return conform.Rule(name, conform.Doc, ref, "A "+string(kind)+" with every documented field is acknowledged.",
		rowsOf(kind, r()), t.acknowledges("a "+string(kind)+" with every documented field", kind, one(r)))
}

func (t *trial) ringSpellings() []record {
	r := t.pickUp()
	when := r["ring_time"]
	return []record{
		r.With("ring_time", nil).With("ring_Time", when), t.pickUp().With("ring_time", nil).With("ringTime", when), t.pickUp().With("ring_time", nil),
	}
}

func (t *trial) textRecord() []record {
	when := at(t.moments().released)
	r := t.report().With("record_url", nil).With("ring_record_url", nil)
	return []record{r.With("call_type", 2).With("sms_number", 70).With("call_time", when).With("start_time", when).With("call_out_time", when).
		With("ring_time", when).With("free_ring_time", when).With("release_time", when)}
}

func (t *trial) unanswered() []record {
	m := t.moments()
	r := t.report().With("record_url", nil)
	never := r.With("start_time", at(m.released)).With("release_cause", 19).With("release_dir", 0)
	started := t.report().With("call_out_time", at(m.dialled)).With("ring_time", at(m.dialled)).With("free_ring_time", at(m.dialled)).
		With("start_time", at(m.dialled)).With("release_time", at(m.dialled)).With("release_cause", 1)
	return []record{never, started}
}

func (t *trial) recordingTimes() []record {
	m := t.moments()
	ms := m.dialled.UnixMilli()
	return []record{
		t.recording(), t.recording().With("call_time", fmt.Sprint(ms)), t.recording().With("call_time", at(m.dialled)),
	}
}

func (t *trial) numberSpelling() []record {
	n := t.number()
	return []record{n.With("secret_no", nil).With("secretNo", sampleX).With("partner_key", nil).With("partnerKey", pool).
		With("operating_time", nil).With("operatingTime", n["operating_time"])}
}

// numbersBothWays writes every number of each type as a string, and every string of
// digits as a number.
func (t *trial) numbersBothWays(ctx context.Context) error {
	for _, k := range t.kinds() {
		texts, numbers := k.record(), k.record()
		for name, value := range texts {
			switch value.(type) {
			case int, int64:
				texts[name] = fmt.Sprint(value)
			}
		}
		for name, value := range numbers {
			if s, ok := value.(string); ok && isDigits(s) && !strings.HasPrefix(s, "0") {
				numbers[name] = json.Number(s)
			}
		}
		what := "a " + string(k.kind) + " with its numbers as strings, and one with its strings as numbers"
		if err := acknowledged(t.push(ctx, what, k.kind, batch(texts, numbers))); err != nil {
			return err
		}
	}
	return nil
}

// receiptCodes are the clauses about the lists of codes: each of them is
// acknowledged, and so is one in no list.
func (t *trial) receiptCodes() []conform.Clause {
	rule := conform.Rule
	coded := func(name string, codes ...any) func() []record {
		return func() []record {
			var list []record
			for _, code := range codes {
				list = append(list, t.report().With(name, code))
			}
			return list
		}
	}
	return []conform.Clause{
		rule("ALI-RCT-50", conform.Doc, "A8 release_cause", "Every release_cause of the current list is acknowledged.",
			"code/release_cause-current", t.acknowledges("a SecretReport for each release_cause of the current list", sim.SecretReport, coded("release_cause", span(1, 39)...))),
		rule("ALI-RCT-51", conform.Doc, "A8 release_cause", "Every release_cause of the list of 2019 is acknowledged.",
			"code/release_cause-2019", t.acknowledges("a SecretReport for each release_cause of the list of 2019", sim.SecretReport,
				coded("release_cause", 42, 50, 53, 55, 57, 58, 65, 69, 87, 88, 90, 91, 95, 97, 99, 102, 103, 110, 111, 127))),
		rule("ALI-RCT-52", conform.Sibling, "A8 release_cause", "A release_cause in no list, such as 9999, is acknowledged.",
			"code/release_cause-other", t.acknowledges("SecretReports with a release_cause in no list", sim.SecretReport, coded("release_cause", 9999, 0, -1))),
		rule("ALI-RCT-53", conform.Doc, "A8 unconnected_cause", "Every unconnected_cause, 0 to 4, is acknowledged.",
			"code/unconnected_cause", t.acknowledges("a SecretReport for each unconnected_cause", sim.SecretReport, coded("unconnected_cause", span(0, 4)...))),
		rule("ALI-RCT-54", conform.Doc, "A4 Fields", "Every call_type, 0 to 5, is acknowledged.",
			"code/call_type", t.acknowledges("a SecretReport for each call_type", sim.SecretReport, coded("call_type", span(0, 5)...))),
		rule("ALI-RCT-55", conform.Doc, "A4 Fields", "Every release_dir, 0 to 2, is acknowledged.",
			"code/release_dir", t.acknowledges("a SecretReport for each release_dir", sim.SecretReport, coded("release_dir", span(0, 2)...))),
		rule("ALI-RCT-56", conform.Doc, "A3 Fields", "A call without a binding, control_msg NO_SUBS_EXIST, is acknowledged, and so is any control_type.",
			"code/control", t.acknowledges("SecretReports of calls without a binding", sim.SecretReport, func() []record {
				return []record{t.report().With("control_msg", "NO_SUBS_EXIST").With("control_type", "REJECT").With("unconnected_cause", 2), t.report().With("control_type", "IVR")}
			})),
		rule("ALI-RCT-57", conform.Doc, "A7 Fields", "Every status and vendor of a NumberManagementReport is acknowledged.",
			"code/number", t.acknowledges("NumberManagementReports of every status and vendor", sim.NumberManagementReport, func() []record {
				return []record{t.number().With("status", 2).With("vendor", 2), t.number().With("vendor", 3), t.number()}
			})),
		rule("ALI-RCT-58", conform.Doc, "A7 Fields", "Every sms_type, status, sms_intercept_type and code of a SecretSmsIntercept is acknowledged.",
			"code/sms_type code/sms_intercept_type code/sms-code", t.acknowledges("a SecretSmsIntercept for each of its codes", sim.SecretSmsIntercept, t.interceptCodes)),
	}
}

func span(from, to int) []any {
	var list []any
	for i := from; i <= to; i++ {
		list = append(list, i)
	}
	return list
}

func (t *trial) interceptCodes() []record {
	list := []record{t.intercept().With("sms_type", 2), t.intercept().With("sms_type", 3), t.intercept().With("status", 2)}
	for _, kind := range []string{"NORMAL", "SUBS_NOT_EXISTS", "CONTROL_DISABLE", "CALLED_NOT_EXISTS"} {
		list = append(list, t.intercept().With("sms_intercept_type", kind))
	}
	for _, code := range []string{"DELIVRD", "REJECTD", "UNDELIV", "EXPIRED", "ACCEPTD"} {
		list = append(list, t.intercept().With("code", code))
	}
	return list
}
