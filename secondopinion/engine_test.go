package secondopinion_test

import (
	"testing"

	"github.com/alibabacloud-go/darabonba-openapi/v2/client"
	"github.com/alibabacloud-go/tea/dara"
)

// ask has the engine of the present SDK ask for a recording in the way in which
// its package for this product does, but under version 1.0 of the signature. That
// package is github.com/alibabacloud-go/dyplsapi-20170525/v3.
func ask(t *testing.T, p place, method string, request *client.OpenApiRequest) received {
	t.Helper()
	c, err := client.NewClient(&client.Config{
		AccessKeyId: dara.String(keyID), AccessKeySecret: dara.String(secret),
		Endpoint: dara.String(p.host), Protocol: dara.String("HTTP"),
		SignatureAlgorithm: dara.String("v2"), // what the documents call version 1.0
	})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.CallApi(&client.Params{
		Action: dara.String("QueryRecordFileDownloadUrl"), Version: dara.String("2017-05-25"),
		Protocol: dara.String("HTTPS"), Pathname: dara.String("/"), Method: dara.String(method),
		AuthType: dara.String("AK"), Style: dara.String("RPC"),
		ReqBodyType: dara.String("formData"), BodyType: dara.String("json"),
	}, request, &dara.RuntimeOptions{})
	if err != nil {
		t.Fatalf("%v, answered %v", err, answer)
	}
	return <-p.requests
}

func TestTheEngineSignsAsWeDo(t *testing.T) {
	p := listen(t)
	for name, question := range questions() {
		t.Run(name, func(t *testing.T) {
			for _, method := range []string{"GET", "POST"} {
				r := ask(t, p, method, &client.OpenApiRequest{Query: pointers(question)})
				if r.method != method || len(r.form) > 0 {
					t.Errorf("%s with the form %v, want %s without one", r.method, r.form, method)
				}
				r.has(t, question)
				r.signedAlike(t)
			}
		})
	}
}

func TestTheEngineSignsAFormAsWeDo(t *testing.T) {
	p := listen(t)
	for name, question := range questions() {
		t.Run(name, func(t *testing.T) {
			r := ask(t, p, "POST", &client.OpenApiRequest{Body: question})
			if len(r.form) != len(question) {
				t.Errorf("the form is %v", r.form)
			}
			r.has(t, question)
			r.signedAlike(t)
		})
	}
}

// pointers is how the SDK takes parameters.
func pointers(params map[string]string) map[string]*string {
	m := map[string]*string{}
	for name, value := range params {
		m[name] = dara.String(value)
	}
	return m
}
