// Package sim plays Huawei Cloud PrivateNumber's X mode from the platform's
// side: it signs what the platform pushes, sends it and reads the answers, and
// answers where a recording can be downloaded.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0006_2.html
//
// It is written from the platform's pages and shares nothing with the adapter but
// the signing scheme of pushes, so that a misread field does not pass because both
// sides misread it. What the pages do not state is marked inferred.
package sim
