package load
import ("testing";"os";"path/filepath")
func TestMk(t *testing.T){ d:=os.Getenv("MK"); if d=="" {t.Skip()}; m:=module(t)
 for _,f:=range []string{"go.mod","go.sum"} { b,_:=os.ReadFile(filepath.Join(m,f)); write(t,filepath.Join(d,f),b)}
 write(t,filepath.Join(d,"models","models.go"),[]byte(manyModels(10,10)))
 write(t,filepath.Join(d,"models1000","models.go"),[]byte(manyModels(1000,10)))
}
