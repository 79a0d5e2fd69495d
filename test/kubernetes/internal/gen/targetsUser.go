package gen

import "strings"

// userTargets are the controls of ids, labels and privileges.
var userTargets = []target{
	{"runAsUser", func(r *R, pod M) {
		if r.p(0.5) {
			podSC(pod)["runAsUser"] = pickOf(r, uids)
		} else {
			ctrSC(anyCtr(r, pod))["runAsUser"] = pickOf(r, uids)
		}
	}, func(r *R, v *view, p M) bool {
		set, _, _ := v.users()
		if len(set) == 0 {
			return false
		}
		spec(p)["runAsUser"] = ranged("MustRunAs", r.idsWithout(pickOf(r, set), set))
		return true
	}},
	{"runAsNonRoot", func(r *R, pod M) {
		sc := podSC(pod)
		if r.p(0.6) {
			sc = ctrSC(anyCtr(r, pod))
		}
		if r.p(0.5) {
			sc["runAsUser"] = int64(0)
		} else {
			sc["runAsNonRoot"] = false
		}
	}, func(r *R, v *view, p M) bool {
		_, _, ok := v.users()
		spec(p)["runAsUser"] = M{"rule": "MustRunAsNonRoot"}
		return !ok
	}},
	{"runAsGroup", func(r *R, pod M) {
		if r.p(0.5) {
			podSC(pod)["runAsGroup"] = pickOf(r, gids)
		} else {
			ctrSC(anyCtr(r, pod))["runAsGroup"] = pickOf(r, gids)
		}
	}, func(r *R, v *view, p M) bool {
		set, _ := v.groups()
		if len(set) == 0 {
			return false
		}
		spec(p)["runAsGroup"] = ranged(r.pick("MustRunAs", "MayRunAs"), r.idsWithout(pickOf(r, set), set))
		return true
	}},
	{"supplementalGroups", func(r *R, pod M) {
		l := L{}
		for i := r.Intn(4); i > 0; i-- {
			l = append(l, pickOf(r, gids))
		}
		podSC(pod)["supplementalGroups"] = l
	}, func(r *R, v *view, p M) bool {
		set := v.pod.Spec.SecurityContext.SupplementalGroups
		if set == nil {
			return false
		}
		if len(set) == 0 {
			spec(p)["supplementalGroups"] = ranged("MustRunAs", r.idsWith(nil))
			return true
		}
		spec(p)["supplementalGroups"] = ranged(r.pick("MustRunAs", "MayRunAs"), r.idsWithout(pickOf(r, set), set))
		return true
	}},
	{"fsGroup", func(r *R, pod M) { podSC(pod)["fsGroup"] = pickOf(r, gids) }, func(r *R, v *view, p M) bool {
		f := v.pod.Spec.SecurityContext.FSGroup
		if f == nil {
			return false
		}
		spec(p)["fsGroup"] = ranged(r.pick("MustRunAs", "MayRunAs"), r.idsWithout(*f, nil))
		return true
	}},
	{"seLinux", func(r *R, pod M) {
		if r.p(0.6) {
			podSC(pod)["seLinuxOptions"] = r.seOptions()
		} else {
			ctrSC(anyCtr(r, pod))["seLinuxOptions"] = r.seOptions()
		}
	}, func(r *R, v *view, p M) bool {
		l := v.seLinux()
		if len(l) == 0 {
			return false
		}
		o := r.seEqual(l[0])
		for i := 1 + r.Intn(2); i > 0; i-- {
			k := r.pick("level", "level", "type", "role", "user")
			pool := map[string][]string{"level": seLevels, "type": seTypes, "role": seRoles, "user": seUsers}[k]
			o[k] = pickOf(r, pool)
		}
		spec(p)["seLinux"] = M{"rule": "MustRunAs", "seLinuxOptions": o}
		return true
	}},
	{"capabilities", func(r *R, pod M) {
		for i := 0; i < 5; i++ {
			c := anyCtr(r, pod)
			r.caps(c)
			if len(list(sub(ctrSC(c), "capabilities"), "add")) > 0 {
				break
			}
		}
	}, func(r *R, v *view, p M) bool {
		adds := v.capAdds()
		if len(adds) == 0 {
			return false
		}
		bad := pickOf(r, adds)
		s := spec(p)
		var allowed []string
		for _, x := range list(s, "allowedCapabilities") {
			allowed = append(allowed, x.(string))
		}
		if has(allowed, "*") {
			allowed = append([]string{}, adds...)
		}
		if r.p(0.4) {
			allowed = append(allowed, strings.ToLower(bad), "CAP_"+bad)
		}
		if r.p(0.1) {
			allowed = append(allowed, "ALL")
		}
		allowed = without(uniq(allowed), bad, "*")
		var def []string
		for _, x := range list(s, "defaultAddCapabilities") {
			def = append(def, x.(string))
		}
		s["allowedCapabilities"], s["defaultAddCapabilities"] = strs(allowed), strs(without(def, bad))
		if r.p(0.3) && s["requiredDropCapabilities"] == nil {
			s["requiredDropCapabilities"] = L{bad}
		}
		return true
	}},
	{"allowPrivilegeEscalation", func(r *R, pod M) { ctrSC(anyCtr(r, pod))["allowPrivilegeEscalation"] = true }, func(r *R, v *view, p M) bool {
		spec(p)["allowPrivilegeEscalation"] = false
		if spec(p)["defaultAllowPrivilegeEscalation"] == true {
			delete(spec(p), "defaultAllowPrivilegeEscalation")
		}
		for _, c := range v.ctrs {
			if x := c.SecurityContext.AllowPrivilegeEscalation; x != nil && *x {
				return true
			}
		}
		return false
	}},
	{"readOnlyRootFilesystem", func(r *R, pod M) { ctrSC(anyCtr(r, pod))["readOnlyRootFilesystem"] = false }, func(r *R, v *view, p M) bool {
		spec(p)["readOnlyRootFilesystem"] = true
		return v.writableRoot()
	}},
	{"procMount", func(r *R, pod M) { ctrSC(anyCtr(r, pod))["procMount"] = "Unmasked" }, func(r *R, v *view, p M) bool {
		un, def := v.unmasked()
		if def && un && r.p(0.25) {
			spec(p)["allowedProcMountTypes"] = L{"Unmasked"} // the others fail
			return true
		}
		switch r.Intn(3) {
		case 0:
			delete(spec(p), "allowedProcMountTypes")
		case 1:
			spec(p)["allowedProcMountTypes"] = L{}
		default:
			spec(p)["allowedProcMountTypes"] = L{"Default"}
		}
		return un
	}},
}
