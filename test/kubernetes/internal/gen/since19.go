//go:build !before19

package gen

import v1 "k8s.io/api/core/v1"

// podProfile is what the pod's seccomp field says, as an annotation would, and whether there is one.
func podProfile(sc *v1.PodSecurityContext) (string, bool) {
	if sc.SeccompProfile == nil {
		return "", false
	}
	return fieldProfile(sc.SeccompProfile), true
}

func containerProfile(sc *v1.SecurityContext) (string, bool) {
	if sc.SeccompProfile == nil {
		return "", false
	}
	return fieldProfile(sc.SeccompProfile), true
}

func fieldProfile(p *v1.SeccompProfile) string {
	switch p.Type {
	case v1.SeccompProfileTypeUnconfined:
		return "unconfined"
	case v1.SeccompProfileTypeRuntimeDefault:
		return "runtime/default"
	case v1.SeccompProfileTypeLocalhost:
		if p.LocalhostProfile != nil {
			return "localhost/" + *p.LocalhostProfile
		}
	}
	return ""
}
