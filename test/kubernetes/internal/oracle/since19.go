//go:build !before19

package oracle

import (
	"io"

	"k8s.io/klog/v2"
	api "k8s.io/kubernetes/pkg/apis/core"
)

func silence() {
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
}

func hasSeccompField(sc *api.PodSecurityContext) bool { return sc.SeccompProfile != nil }
