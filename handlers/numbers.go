package handlers

// NumberStatus is what a platform said last of one of its X numbers.
type NumberStatus struct {
	// Number is E.164, or digits where it is no E.164.
	Number   string `json:"number"`
	Platform string `json:"platform"`
	// Status and Cause are the platform's codes, Text says what they mean.
	Status string `json:"status"`
	Cause  string `json:"cause"`
	Text   string `json:"text"`
	// ChangedAt is when it changed, or where the platform does not say, when it
	// was told.
	ChangedAt string `json:"changed_at"`
}

// listNumbers reads the status of all X numbers of which one is known, in the
// order of the numbers. It is one page: their number is that of X numbers.
func (a *admin) listNumbers(r *request, _ struct{}) (reply, error) {
	known, err := a.Records.Numbers(r.ctx)
	if err != nil {
		return reply{}, err
	}
	answer := list[NumberStatus]{Items: make([]NumberStatus, len(known))}
	for i, n := range known {
		answer.Items[i] = NumberStatus{Number: n.Number.Full(), Platform: string(n.Platform), Status: n.Status,
			Cause: n.Cause, Text: n.Text, ChangedAt: n.At.UTC().Format(instantForm)}
	}
	return reply{body: answer}, nil
}
