package secondopinion_test

// questions are the parameters of requests for the address of a recording, from
// ordinary ones to such as encoders differ on.
func questions() map[string]map[string]string {
	question := func(callID, callTime, poolKey string) map[string]string {
		return map[string]string{"CallId": callID, "CallTime": callTime, "PoolKey": poolKey}
	}
	return map[string]map[string]string{
		"ordinary":             question("abcedf1234", "2019-03-05 12:00:00", "FC123456"),
		"caret":                question("112633^104922", "2026-03-04 13:06:07", "FC123456"),
		"space, star, tilde":   question("a b*c~d", "2026-03-04 13:06:07", "*~ "),
		"plus, slash, equals":  question("c+5/=&", "2026-03-04 13:06:07", "F+C/1=="),
		"encoded already":      question("%2A%7E%20%2B", "2026-03-04%2013:06:07", "%"),
		"Chinese":              question("呼叫-6", "2026-03-04 13:06:07", "号码池 一"),
		"beyond 16 bits":       question("📞~📞", "2026-03-04 13:06:07", "𠮷"),
		"quotes and brackets":  question(`{"a":["'b'"]}`, "2026-03-04 13:06:07", "(F|C);!$,@?#"),
		"line feed and return": question("a\r\nb\tc", "2026-03-04 13:06:07", "FC123456"),
		"a value is missing":   question("abcedf1234", "2019-03-05 12:00:00", ""),
		"256 characters":       question(long("^"), "2026-03-04 13:06:07", "FC123456"),
	}
}

func long(s string) string {
	for len(s) < 256 {
		s += s
	}
	return s
}
