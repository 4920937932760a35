// Package life has calls and text messages of Alibaba Cloud PNP's X mode live
// their whole life against an endpoint: what is asked, what is told, how it is
// signed, and how answers are read. How many there are at which time, and what goes
// wrong on purpose, is the business of package load.
// https://help.aliyun.com/zh/pnp/operations-in-x-mode
package life
