package aliyun

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// field is a field of the answer's model, in the order in which it is sent.
// https://help.aliyun.com/zh/pnp/operations-in-x-mode
type field int

// The fields of the model.
const (
	controlOperate   field = iota // CONTINUE, REJECT or IVR
	controlMsg                    // NO_SUBS_EXIST when there is no binding
	subsID                        // binding id, digits only
	calledNo                      // inferred: callee
	calledDisplayNo               // inferred: number shown to the callee
	needRecord                    // inferred: boolean, record the call
	callDuration                  // inferred: integer, longest call in seconds
	callNoPlayCode                // prompt code for the caller
	calledNoPlayCode              // inferred: prompt code for the callee
	outID                         // inferred: comes back as out_id in receipts
	smsChannel                    // inferred: what becomes of a text message
	fieldCount
)

// omitted instead of a new name leaves a field out.
const omitted = "-"

// fieldNames returns the documented or inferred name of each field.
func fieldNames() [fieldCount]string {
	return [fieldCount]string{
		controlOperate:   "controlOperate",
		controlMsg:       "controlMsg",
		subsID:           "subsId",
		calledNo:         "calledNo",
		calledDisplayNo:  "calledDisplayNo",
		needRecord:       "needRecord",
		callDuration:     "callDuration",
		callNoPlayCode:   "callNoPlayCode",
		calledNoPlayCode: "calledNoPlayCode",
		outID:            "outId",
		smsChannel:       "smsChannel",
	}
}

// Faults of a list of renames.
var (
	errNoRename   = errors.New("not of the form NAME=NAME,NAME=-")
	errNamedTwice = errors.New("names a field twice")
)

// parseRenames reads "calledNo=calleeNumber,outId=-" into new names by old ones;
// nothing renames nothing.
func parseRenames(text string) (map[string]string, error) {
	if text == "" {
		return nil, nil
	}
	renames := map[string]string{}
	for pair := range strings.SplitSeq(text, ",") {
		from, to, ok := strings.Cut(pair, "=")
		if !ok || from == "" || to == "" {
			return nil, errNoRename
		}
		if _, twice := renames[from]; twice {
			return nil, errNamedTwice
		}
		renames[from] = to
	}
	return renames, nil
}

// fieldKeys returns how each field begins in JSON, `"calledNo":`, after the
// renames; empty: the field is left out. The error lists all faults: unknown
// fields, names that are none, two fields of one name.
func fieldKeys(renames map[string]string) (keys [fieldCount]string, err error) {
	names := fieldNames()
	var faults []error
	for _, from := range slices.Sorted(maps.Keys(renames)) {
		i := slices.Index(names[:], from)
		switch to := renames[from]; {
		case i < 0:
			faults = append(faults, fmt.Errorf("%q is no field of the answer", from))
		case to != omitted && !plainName(to):
			faults = append(faults, fmt.Errorf("%s cannot be renamed to %q", from, to))
		}
	}
	owner := map[string]string{}
	for i, name := range names {
		to := name
		if renamed, ok := renames[name]; ok {
			to = renamed
		}
		if to == omitted {
			continue
		}
		if other, taken := owner[to]; taken {
			faults = append(faults, fmt.Errorf("%s and %s would both be named %q", other, name, to))
		}
		owner[to] = name
		keys[i] = `"` + to + `":`
	}
	return keys, errors.Join(faults...)
}
