package gen

import "strings"

// accept makes a policy that lets the pod pass.
func (r *R) accept(v *view, name string) M {
	p := newPolicy(name)
	s := spec(p)
	a := func() M { return annotations(p) }

	if v.privileged() || r.p(0.12) {
		s["privileged"] = true
	} else if r.p(0.3) {
		s["privileged"] = false
	}
	for k, need := range map[string]bool{"hostNetwork": v.pod.Spec.HostNetwork, "hostPID": v.pod.Spec.HostPID, "hostIPC": v.pod.Spec.HostIPC} {
		if need {
			s[k] = true
		}
	}
	for _, k := range []string{"hostNetwork", "hostPID", "hostIPC"} {
		if s[k] == nil && r.p(0.3) {
			s[k] = r.p(0.3)
		}
	}
	if hp := v.hostPorts(); len(hp) > 0 {
		l := L{}
		for _, x := range hp {
			switch r.Intn(5) {
			case 0:
				l = append(l, r.rng(x, x))
			case 1:
				l = append(l, r.rng(0, 65535))
			case 2:
				l = append(l, r.rng(x, x+r.Int63n(65536-x)))
			case 3:
				l = append(l, r.rng(r.Int63n(x+1), x))
			default:
				l = append(l, r.rng(x-1, x+1))
			}
		}
		if r.p(0.3) {
			l = append(l, r.portNoise(1)...)
		}
		s["hostPorts"] = shuffled(r, l)
	} else if r.p(0.2) {
		s["hostPorts"] = r.portNoise(1 + r.Intn(2))
	}
	r.acceptVolumes(v, s)

	set, unset, nonRootOK := v.users()
	switch {
	case r.p(0.35):
		if r.p(0.1) {
			s["runAsUser"] = M{"rule": "RunAsAny", "ranges": r.idsWith(nil)}
		}
	case nonRootOK && r.p(0.4):
		s["runAsUser"] = M{"rule": "MustRunAsNonRoot"}
		if r.p(0.1) {
			sub(s, "runAsUser")["ranges"] = r.idsWith(nil)
		}
	default:
		s["runAsUser"] = M{"rule": "MustRunAs", "ranges": r.idsWith(set)}
	}
	_ = unset
	gset, _ := v.groups()
	switch r.Intn(5) {
	case 0:
		s["runAsGroup"] = M{"rule": "RunAsAny"}
	case 1:
		s["runAsGroup"] = M{"rule": "MustRunAs", "ranges": r.idsWith(gset)}
	case 2:
		s["runAsGroup"] = M{"rule": "MayRunAs", "ranges": r.idsWith(gset)}
	}
	sg := v.pod.Spec.SecurityContext.SupplementalGroups
	switch n := r.Intn(5); {
	case n == 0 && !(sg != nil && len(sg) == 0):
		s["supplementalGroups"] = M{"rule": "MustRunAs", "ranges": r.idsWith(sg)}
	case n == 1:
		s["supplementalGroups"] = M{"rule": "MayRunAs", "ranges": r.idsWith(sg)}
	}
	var fs []int64
	if f := v.pod.Spec.SecurityContext.FSGroup; f != nil {
		fs = []int64{*f}
	}
	switch r.Intn(5) {
	case 0:
		s["fsGroup"] = M{"rule": "MustRunAs", "ranges": r.idsWith(fs)}
	case 1:
		s["fsGroup"] = M{"rule": "MayRunAs", "ranges": r.idsWith(fs)}
	}
	if se := v.seLinux(); r.p(0.2) && (len(se) == 0 || sameSELinux(se)) {
		if len(se) == 0 {
			s["seLinux"] = M{"rule": "MustRunAs", "seLinuxOptions": r.seOptions()}
		} else {
			s["seLinux"] = M{"rule": "MustRunAs", "seLinuxOptions": r.seEqual(se[0])}
		}
	} else if r.p(0.05) {
		s["seLinux"] = M{"rule": "RunAsAny", "seLinuxOptions": r.seOptions()}
	}
	r.acceptCaps(v, s)
	if ok, _ := v.noEscalation(); ok && r.p(0.4) {
		s["allowPrivilegeEscalation"] = false
		if r.p(0.3) {
			s["defaultAllowPrivilegeEscalation"] = false
		}
	} else {
		if r.p(0.3) {
			s["allowPrivilegeEscalation"] = true
		}
		if r.p(0.15) {
			s["defaultAllowPrivilegeEscalation"] = !ok || r.p(0.5)
		}
	}
	if !v.writableRoot() && r.p(0.25) {
		s["readOnlyRootFilesystem"] = true
	} else if r.p(0.2) {
		s["readOnlyRootFilesystem"] = false
	}
	if un, def := v.unmasked(); un {
		l := []string{"Unmasked"}
		if def || r.p(0.6) {
			l = append(l, "Default")
		}
		s["allowedProcMountTypes"] = strs(shuffled(r, l))
	} else if r.p(0.03) {
		s["allowedProcMountTypes"] = pickOf(r, []L{{"Default"}, {"Default", "Unmasked"}, {}})
	}
	r.acceptSeccomp(v, a)
	aset, aunset := v.appArmor()
	switch {
	case r.p(0.75):
	case r.p(0.2):
		a()[appArmorDefault] = pickOf(r, appArmorProfiles)
	default:
		l := append([]string{}, aset...)
		if aunset > 0 || r.p(0.3) {
			d := pickOf(r, appArmorProfiles)
			a()[appArmorDefault] = d
			l = append(l, d)
		}
		if r.p(0.4) {
			l = append(l, pickOf(r, appArmorProfiles))
		}
		a()[appArmorAllowed] = strings.Join(shuffled(r, uniq(l)), ",")
	}
	r.acceptSysctls(v, s)
	switch rc := v.pod.Spec.RuntimeClassName; {
	case r.p(0.7):
	case rc != nil:
		s["runtimeClass"] = pickOf(r, []M{{"allowedRuntimeClassNames": L{"*"}}, {"allowedRuntimeClassNames": L{*rc}}, {"allowedRuntimeClassNames": strs(uniq([]string{"crun", *rc, "other"})), "defaultRuntimeClassName": "other"}})
	default:
		s["runtimeClass"] = pickOf(r, []M{{"allowedRuntimeClassNames": L{"*"}}, {"allowedRuntimeClassNames": L{}}, {}, {"allowedRuntimeClassNames": L{"gvisor"}, "defaultRuntimeClassName": "gvisor"}, {"allowedRuntimeClassNames": L{"*"}, "defaultRuntimeClassName": "kata"}})
	}
	return p
}
