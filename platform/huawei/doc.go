// Package huawei speaks the X mode of Huawei Cloud PrivateNumber (隐私保护通话):
// it verifies what the platform pushes, answers the questions among it (a call
// that comes in, a text message to be routed) and understands the rest: call
// events, call records, what became of text messages, the state of X numbers.
// https://support.huaweicloud.com/api-PrivateNumber/privatenumber_02_0006_2.html
//
// Each of the four paths understands everything, since it is the operator who
// types the addresses into the platform's console. What the platform's pages do
// not state is marked "inferred" where it stands.
package huawei
