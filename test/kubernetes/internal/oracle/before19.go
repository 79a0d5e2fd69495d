//go:build before19

package oracle

import (
	"flag"
	"io"

	"k8s.io/klog"
	api "k8s.io/kubernetes/pkg/apis/core"
)

func silence() {
	// klog v1 sets this by its flag only.
	flags := flag.NewFlagSet("klog", flag.ContinueOnError)
	klog.InitFlags(flags)
	_ = flags.Set("logtostderr", "false")
	klog.SetOutput(io.Discard)
}

func hasSeccompField(*api.PodSecurityContext) bool { return false }
