package secondopinion_test

import (
	"testing"

	"github.com/aliyun/alibaba-cloud-sdk-go/services/dyplsapi"
)

// askProduct has the SDK's package for this product ask for a recording.
func askProduct(t *testing.T, p place, method string, question map[string]string) (received, *dyplsapi.QueryRecordFileDownloadUrlResponse) {
	t.Helper()
	c, err := dyplsapi.NewClientWithAccessKey("cn-hangzhou", keyID, secret)
	if err != nil {
		t.Fatal(err)
	}
	request := dyplsapi.CreateQueryRecordFileDownloadUrlRequest()
	request.Scheme, request.Domain, request.Method = "HTTP", p.host, method
	request.CallId, request.CallTime, request.PoolKey = question["CallId"], question["CallTime"], question["PoolKey"]
	answer, err := c.QueryRecordFileDownloadUrl(request)
	if err != nil {
		t.Fatal(err)
	}
	return <-p.requests, answer
}

func TestTheProductsPackageAsksAsWeDo(t *testing.T) {
	p := listen(t)
	for name, question := range questions() {
		t.Run(name, func(t *testing.T) {
			for _, method := range []string{"GET", "POST"} {
				r, answer := askProduct(t, p, method, question)
				if r.method != method || len(r.form) > 0 {
					t.Errorf("%s with the form %v, want %s without one", r.method, r.form, method)
				}
				r.signedAlike(t)
				r.has(t, question)
				r.has(t, map[string]string{
					"Action": "QueryRecordFileDownloadUrl", "Version": "2017-05-25", "Format": "JSON", "AccessKeyId": keyID,
					"SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0",
				})
				if answer.Code != "OK" || answer.DownloadUrl != "https://example.aliyuncs.com/x.mp3" {
					t.Errorf("it reads the answer as %+v", answer)
				}
			}
		})
	}
}
