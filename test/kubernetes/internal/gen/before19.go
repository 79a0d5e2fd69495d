//go:build before19

package gen

import v1 "k8s.io/api/core/v1"

func podProfile(*v1.PodSecurityContext) (string, bool) { return "", false }

func containerProfile(*v1.SecurityContext) (string, bool) { return "", false }
