package gen

import (
	"strings"

	v1 "k8s.io/api/core/v1"
)

func (r *R) acceptVolumes(v *view, s M) {
	var need []string
	var hp, flex, csi []string
	ro := map[string]bool{}
	for i := range v.pod.Spec.Volumes {
		vol := &v.pod.Spec.Volumes[i]
		k := kind(vol)
		switch {
		case vol.Projected != nil && tokenOnly(vol.Projected) && r.p(0.5):
			k = "secret"
		case vol.HostPath != nil:
			path := vol.HostPath.Path
			if !has(hp, path) {
				hp = append(hp, path)
				ro[path] = true
			}
			if v.writable(vol.Name) {
				ro[path] = false
			}
		case vol.FlexVolume != nil:
			flex = append(flex, vol.FlexVolume.Driver)
		case vol.CSI != nil:
			csi = append(csi, vol.CSI.Driver)
		}
		need = append(need, k)
	}
	need = uniq(need)
	switch {
	case r.p(0.25):
		s["volumes"] = L{"*"}
		if r.p(0.2) {
			s["volumes"] = strs(append(some(r, fsTypes, 2), "*"))
		}
	default:
		extra := some(r, fsTypes, r.Intn(5))
		if r.p(0.4) {
			extra = append(extra, coreTypes...)
		}
		l := shuffled(r, uniq(append(append([]string{}, need...), extra...)))
		if len(l) > 0 || r.p(0.5) {
			s["volumes"] = strs(l)
		}
	}
	if len(hp) > 0 {
		if r.p(0.6) {
			l := L{}
			for _, path := range hp {
				pre := pickOf(r, prefixesOf(path))
				if strings.Contains(pre, "..") {
					pre = "/"
				}
				m := M{"pathPrefix": pre}
				if ro[path] && r.p(0.6) {
					m["readOnly"] = true
				} else if r.p(0.2) {
					m["readOnly"] = false
				}
				l = append(l, m)
				if m["readOnly"] != true && r.p(0.3) {
					// A broader or narrower read-only rule does not bind.
					l = append(l, M{"pathPrefix": pickOf(r, []string{"/", pre}), "readOnly": true})
				}
			}
			if r.p(0.3) {
				l = append(l, M{"pathPrefix": pickOf(r, []string{"/nowhere", "/srv", "/data/x"})})
			}
			s["allowedHostPaths"] = shuffled(r, l)
		}
	} else if r.p(0.12) {
		s["allowedHostPaths"] = r.pathNoise(1)
	}
	if len(flex) > 0 && r.p(0.6) {
		l := L{}
		for _, d := range uniq(append(flex, pickOf(r, flexDrivers))) {
			l = append(l, M{"driver": d})
		}
		s["allowedFlexVolumes"] = shuffled(r, l)
	} else if len(flex) == 0 && r.p(0.06) {
		s["allowedFlexVolumes"] = L{M{"driver": pickOf(r, flexDrivers)}}
	}
	if len(csi) > 0 && r.p(0.6) {
		l := L{}
		for _, d := range uniq(append(csi, pickOf(r, csiDrivers))) {
			l = append(l, M{"name": d})
		}
		s["allowedCSIDrivers"] = shuffled(r, l)
	} else if len(csi) == 0 && r.p(0.06) {
		s["allowedCSIDrivers"] = L{M{"name": pickOf(r, csiDrivers)}}
	}
}

func (r *R) acceptCaps(v *view, s M) {
	adds := v.capAdds()
	if (len(adds) > 0 && r.p(0.25)) || r.p(0.08) {
		s["allowedCapabilities"] = L{"*"}
		if r.p(0.15) {
			s["defaultAddCapabilities"] = r.capList(1)
		}
		return
	}
	var allowed, def []string
	for _, c := range adds {
		if r.p(0.2) && c != "SYS_ADMIN" && c != "CAP_SYS_ADMIN" {
			def = append(def, c)
		} else {
			allowed = append(allowed, c)
		}
	}
	if r.p(0.15) {
		def = append(def, pickOf(r, capNames[:len(capNames)-1]))
	}
	if r.p(0.3) {
		allowed = append(allowed, some(r, capNames, 1+r.Intn(3))...)
	}
	if l := shuffled(r, uniq(allowed)); len(l) > 0 {
		s["allowedCapabilities"] = strs(l)
	}
	if l := shuffled(r, uniq(def)); len(l) > 0 {
		s["defaultAddCapabilities"] = strs(l)
	}
	if r.p(0.35) {
		var drop []string
		if r.p(0.5) {
			drop = []string{"ALL"}
		} else {
			drop = some(r, capNames, 1+r.Intn(3))
		}
		if drop = without(drop, append(append([]string{}, allowed...), def...)...); len(drop) > 0 {
			s["requiredDropCapabilities"] = strs(drop)
		}
	}
}

func (r *R) acceptSeccomp(v *view, a func() M) {
	pod, ctrs := v.seccomp()
	all := append([]string{pod}, ctrs...)
	any := false
	for _, x := range all {
		if x != "" {
			any = true
		}
	}
	switch {
	case any && r.p(0.3), !any && r.p(0.06):
		a()[seccompAllowed] = "*"
		if r.p(0.4) {
			a()[seccompDefault] = pickOf(r, seccompProfiles)
		}
	case any, r.p(0.15):
		l := []string{}
		empty := false
		for _, x := range all {
			if x == "" {
				empty = true
			} else if x == "docker/default" || x == "runtime/default" {
				l = append(l, r.pick("docker/default", "runtime/default"))
			} else {
				l = append(l, x)
			}
		}
		if empty {
			d := pickOf(r, seccompProfiles)
			a()[seccompDefault] = d
			l = append(l, d)
		} else if r.p(0.3) {
			a()[seccompDefault] = pickOf(r, seccompProfiles)
		}
		if r.p(0.3) {
			l = append(l, pickOf(r, seccompProfiles))
		}
		a()[seccompAllowed] = strings.Join(shuffled(r, uniq(l)), ",")
	}
}

func (r *R) acceptSysctls(v *view, s M) {
	var unsafe, forbidden []string
	names := v.sysctls()
	for _, n := range names {
		if !isSafe(n) || r.p(0.05) {
			pat := n
			if i := strings.LastIndex(n, "."); i > 0 && r.p(0.4) {
				pat = r.pick(n[:i]+".*", n[:strings.Index(n, ".")]+".*", n+"*", n[:len(n)-1]+"*")
			}
			unsafe = append(unsafe, strings.ReplaceAll(pat, "/", "."))
		}
	}
	if len(unsafe) > 0 && r.p(0.15) {
		unsafe = []string{"*"}
	} else if r.p(0.08) {
		unsafe = append(unsafe, r.pick("net.core.somaxconn", "kernel.msg*", "fs.*"))
	}
	unsafe = uniq(unsafe)
	if r.p(0.15) {
		f := r.pick("kernel.sem", "net.ipv6.*", "kernel.shm*", "net.ipv4.tcp_syn*", "fs.mqueue.*")
		ok := true
		for _, n := range names {
			if matches(f, n) {
				ok = false
			}
		}
		for _, u := range unsafe {
			if overlap(u, f) {
				ok = false
			}
		}
		if ok {
			forbidden = append(forbidden, f)
		}
	}
	if len(unsafe) > 0 {
		s["allowedUnsafeSysctls"] = strs(unsafe)
	}
	if len(forbidden) > 0 {
		s["forbiddenSysctls"] = strs(forbidden)
	}
}

func sameSELinux(l []*v1.SELinuxOptions) bool {
	for _, o := range l {
		if *o != *l[0] {
			return false
		}
	}
	return true
}

// seEqual writes the same options, with the categories perhaps in another order.
func (r *R) seEqual(o *v1.SELinuxOptions) M {
	m := M{}
	level := o.Level
	if i := strings.Index(level, ":"); i >= 0 && r.p(0.5) {
		level = level[:i+1] + strings.Join(shuffled(r, strings.Split(level[i+1:], ",")), ",")
	}
	for k, x := range map[string]string{"level": level, "role": o.Role, "type": o.Type, "user": o.User} {
		if x != "" {
			m[k] = x
		}
	}
	return m
}
