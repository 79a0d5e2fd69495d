// Command etcd is the store of the API server: etcd's own main package, built through the Go
// module proxy. It is a module of its own, as Kubernetes v1.24 pins another version of etcd's
// libraries.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() {
	etcdmain.Main(os.Args)
}
