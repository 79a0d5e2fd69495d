package oracle

import "strconv"

// minor is that of the release whose code this is; release.sh sets another one by -X.
var minor = "24"

// Minor is that of the release whose code this is.
var Minor = func() int {
	n, err := strconv.Atoi(minor)
	if err != nil {
		panic(err)
	}
	return n
}()

// Release names it as cases do.
func Release() string { return "v1." + minor }
