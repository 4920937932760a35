// Package clauses holds the contract of Huawei Cloud PrivateNumber's X mode as
// clauses that can be checked from outside: call events with the question callin,
// call records, states of X numbers and text messages. What the platform's pages
// do not state is marked by its basis.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0006_2.html
package clauses
