// Package life has calls and text messages of Huawei Cloud PrivateNumber's X mode
// live their whole life against an endpoint: what is asked, what is told, how it
// is signed, and how answers are read. How many there are at which time, and what
// goes wrong on purpose, is the business of package load.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0006_2.html
package life
