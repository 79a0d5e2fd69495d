package gen

import (
	"fmt"
	"strings"
)

// decorators change one aspect of a pod.
var decorators = []func(*R, M){
	func(r *R, pod M) { ctrSC(pickOf(r, containers(pod)))["privileged"] = r.p(0.7) },
	func(r *R, pod M) { spec(pod)[r.pick("hostPID", "hostIPC")] = r.p(0.75) },
	func(r *R, pod M) { r.hostNetwork(pod) },
	func(r *R, pod M) { r.hostPort(pod) },
	func(r *R, pod M) { r.addVolume(pod, pickOf(r, fsTypes)) },
	func(r *R, pod M) { r.addVolume(pod, pickOf(r, coreTypes)) },
	func(r *R, pod M) { r.addVolume(pod, "hostPath") },
	func(r *R, pod M) { r.addVolume(pod, r.pick("flexVolume", "csi", "projected", "ephemeral")) },
	func(r *R, pod M) {
		if r.p(0.5) {
			podSC(pod)["runAsUser"] = pickOf(r, uids)
		} else {
			ctrSC(pickOf(r, containers(pod)))["runAsUser"] = pickOf(r, uids)
		}
	},
	func(r *R, pod M) {
		if r.p(0.5) {
			podSC(pod)["runAsGroup"] = pickOf(r, gids)
		} else {
			ctrSC(pickOf(r, containers(pod)))["runAsGroup"] = pickOf(r, gids)
		}
	},
	func(r *R, pod M) {
		if r.p(0.5) {
			podSC(pod)["runAsNonRoot"] = r.p(0.6)
		} else {
			ctrSC(pickOf(r, containers(pod)))["runAsNonRoot"] = r.p(0.6)
		}
	},
	func(r *R, pod M) { podSC(pod)["fsGroup"] = pickOf(r, gids) },
	func(r *R, pod M) {
		l := L{}
		for i := r.Intn(4); i > 0; i-- {
			l = append(l, pickOf(r, gids))
		}
		podSC(pod)["supplementalGroups"] = l
	},
	func(r *R, pod M) {
		if r.p(0.6) {
			podSC(pod)["seLinuxOptions"] = r.seOptions()
		} else {
			ctrSC(pickOf(r, containers(pod)))["seLinuxOptions"] = r.seOptions()
		}
	},
	func(r *R, pod M) { r.caps(pickOf(r, containers(pod))) },
	func(r *R, pod M) { ctrSC(pickOf(r, containers(pod)))["allowPrivilegeEscalation"] = r.p(0.5) },
	func(r *R, pod M) { ctrSC(pickOf(r, containers(pod)))["readOnlyRootFilesystem"] = r.p(0.5) },
	func(r *R, pod M) {
		if r.p(0.4) {
			ctrSC(pickOf(r, containers(pod)))["procMount"] = r.pick("Default", "Unmasked", "Unmasked")
		}
	},
	func(r *R, pod M) { r.seccomp(pod) },
	func(r *R, pod M) { r.seccomp(pod) },
	func(r *R, pod M) { r.appArmor(pod) },
	func(r *R, pod M) { r.sysctls(pod, 1+r.Intn(3), 0.5) },
	func(r *R, pod M) { spec(pod)["runtimeClassName"] = pickOf(r, runtimeClasses) },
	func(r *R, pod M) {
		if len(list(spec(pod), "initContainers")) < 3 {
			push(spec(pod), "initContainers", r.container(fmt.Sprintf("init-%d", len(list(spec(pod), "initContainers")))))
		}
	},
	func(r *R, pod M) {
		if len(list(spec(pod), "containers")) < 4 {
			push(spec(pod), "containers", r.container(fmt.Sprintf("extra-%d", len(list(spec(pod), "containers")))))
		}
	},
	func(r *R, pod M) {
		annotations(pod)[pspAnnotation] = r.pick("privileged", "restricted", "a", "nosuch", "", "psp-2")
	},
	func(r *R, pod M) { podSC(pod)["fsGroupChangePolicy"] = r.pick("Always", "OnRootMismatch") },
	func(r *R, pod M) {
		if r.p(0.5) {
			ctrSC(pickOf(r, containers(pod)))
		} else {
			podSC(pod)
		}
	},
	func(r *R, pod M) {
		switch r.Intn(4) {
		case 0:
			if spec(pod)["securityContext"] == nil {
				spec(pod)["securityContext"] = nil
			}
		case 1:
			c := pickOf(r, containers(pod))
			if c["securityContext"] == nil {
				c["securityContext"] = nil
			}
		case 2:
			ctrSC(pickOf(r, containers(pod)))["runAsUser"] = nil
		default:
			podSC(pod)["supplementalGroups"] = nil
		}
	},
	func(r *R, pod M) {
		if r.p(0.3) {
			podSC(pod)["windowsOptions"] = M{"runAsUserName": "ContainerUser"}
		} else if r.p(0.3) {
			spec(pod)["os"] = M{"name": r.pick("linux", "windows")}
		} else {
			spec(pod)["shareProcessNamespace"] = true
		}
	},
}

func (r *R) hostNetwork(pod M) {
	on := r.p(0.8)
	spec(pod)["hostNetwork"] = on
	if on {
		for _, c := range containers(pod) {
			for _, p := range list(c, "ports") {
				if m := p.(M); m["hostPort"] != nil {
					m["hostPort"] = m["containerPort"]
				}
			}
		}
	}
}

func (r *R) hostPort(pod M) {
	c := pickOf(r, mainContainers(pod))
	n := pickOf(r, ports)
	for _, x := range mainContainers(pod) {
		for _, p := range list(x, "ports") {
			if p.(M)["containerPort"] == n {
				return
			}
		}
	}
	p := M{"containerPort": n, "hostPort": n}
	if r.p(0.3) && spec(pod)["hostNetwork"] != true {
		p["hostPort"] = pickOf(r, ports)
	}
	if r.p(0.08) && spec(pod)["hostNetwork"] != true {
		p["hostPort"] = int64(0)
	}
	if r.p(0.2) {
		p["protocol"] = r.pick("UDP", "TCP", "SCTP")
	}
	if r.p(0.1) {
		p["hostIP"] = "127.0.0.1"
	}
	push(c, "ports", p)
}

func (r *R) caps(c M) {
	caps := sub(ctrSC(c), "capabilities")
	draw := func() L {
		l := L{}
		for i := 1 + r.Intn(3); i > 0; i-- {
			if r.p(0.15) {
				l = append(l, pickOf(r, capOdd))
			} else {
				l = append(l, pickOf(r, capNames))
			}
		}
		return l
	}
	if r.p(0.7) {
		caps["add"] = draw()
	}
	if r.p(0.5) {
		if r.p(0.5) {
			caps["drop"] = L{"ALL"}
		} else {
			caps["drop"] = draw()
		}
	}
}

func seccompField(profile string) M {
	switch {
	case profile == "unconfined":
		return M{"type": "Unconfined"}
	case strings.HasPrefix(profile, "localhost/"):
		return M{"type": "Localhost", "localhostProfile": strings.TrimPrefix(profile, "localhost/")}
	}
	return M{"type": "RuntimeDefault"}
}

// setSeccomp writes a profile as annotation, field or both.
func (r *R) setSeccomp(pod, ctr M, profile string) {
	key, sc := seccompPod, (M)(nil)
	if ctr != nil {
		key = seccompContainer + nameOf(ctr)
	}
	scOf := func() M {
		if ctr != nil {
			return ctrSC(ctr)
		}
		return podSC(pod)
	}
	how := r.Intn(5)
	if how <= 1 || how == 4 {
		annotations(pod)[key] = profile
	}
	if how >= 2 {
		if profile == "docker/default" && how == 4 {
			profile = "runtime/default"
			annotations(pod)[key] = profile
		}
		sc = scOf()
		sc["seccompProfile"] = seccompField(profile)
	}
}

func (r *R) seccomp(pod M) {
	var ctr M
	if r.p(0.5) {
		ctr = pickOf(r, containers(pod))
	}
	if r.p(0.03) {
		annotations(pod)[seccompContainer+"nosuch"] = pickOf(r, seccompProfiles)
		return
	}
	r.setSeccomp(pod, ctr, pickOf(r, seccompProfiles))
}

func (r *R) appArmor(pod M) {
	for _, c := range containers(pod) {
		if r.p(0.7) {
			annotations(pod)[appArmorContainer+nameOf(c)] = pickOf(r, appArmorProfiles)
		}
	}
}

func (r *R) sysctls(pod M, n int, unsafe float64) {
	have := map[string]bool{}
	for _, x := range list(podSC(pod), "sysctls") {
		have[nameOf(x.(M))] = true
	}
	for i := 0; i < n; i++ {
		name := pickOf(r, sysctlSafe)
		if r.p(unsafe) {
			name = pickOf(r, sysctlUnsafe)
		}
		if r.p(0.02) {
			name = "net/ipv4/tcp_syncookies"
		}
		if have[name] {
			continue
		}
		have[name] = true
		push(podSC(pod), "sysctls", M{"name": name, "value": r.pick("1", "1024", "0")})
	}
}

// pod makes a whole pod.
func (r *R) pod(ns string, decorations int) M {
	pod := r.newPod(ns)
	for i := 0; i < decorations; i++ {
		pickOf(r, decorators)(r, pod)
	}
	return pod
}

func (r *R) serviceAccount(pod M, sa string) {
	switch {
	case sa == "":
	case r.p(0.1):
		spec(pod)["serviceAccount"] = sa
	case r.p(0.1):
		spec(pod)["serviceAccount"] = sa
		spec(pod)["serviceAccountName"] = sa
	default:
		spec(pod)["serviceAccountName"] = sa
	}
}
