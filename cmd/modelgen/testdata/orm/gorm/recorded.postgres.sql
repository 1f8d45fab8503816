CREATE SCHEMA IF NOT EXISTS billing;

CREATE TABLE "companies" ("id" bigserial,"code" varchar(12),PRIMARY KEY ("id"));

CREATE UNIQUE INDEX IF NOT EXISTS "idx_companies_code" ON "companies" ("code");

CREATE TABLE "users" ("id" bigserial,"created_at" timestamptz,"updated_at" timestamptz,"deleted_at" timestamptz,"name" varchar(100) NOT NULL,"company_id" bigint,"manager_id" bigint,PRIMARY KEY ("id"),CONSTRAINT "fk_users_team" FOREIGN KEY ("manager_id") REFERENCES "users"("id"),CONSTRAINT "fk_companies_users" FOREIGN KEY ("company_id") REFERENCES "companies"("id") ON DELETE SET NULL);

CREATE INDEX IF NOT EXISTS "idx_users_deleted_at" ON "users" ("deleted_at");

COMMENT ON COLUMN "users"."name" IS 'the full name';

CREATE TABLE "user_friends" ("user_id" bigint,"friend_id" bigint,PRIMARY KEY ("user_id","friend_id"),CONSTRAINT "fk_user_friends_user" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE,CONSTRAINT "fk_user_friends_friends" FOREIGN KEY ("friend_id") REFERENCES "users"("id") ON DELETE CASCADE);

CREATE TABLE "lang_languages" ("code" varchar(8),PRIMARY KEY ("code"));

CREATE TABLE "user_languages" ("language_code" varchar(8),"user_id" bigint,PRIMARY KEY ("language_code","user_id"),CONSTRAINT "fk_user_languages_language" FOREIGN KEY ("language_code") REFERENCES "lang_languages"("code"),CONSTRAINT "fk_user_languages_user" FOREIGN KEY ("user_id") REFERENCES "users"("id"));

CREATE TABLE "credit_cards" ("id" bigserial,"created_at" timestamptz,"updated_at" timestamptz,"deleted_at" timestamptz,"number" text,"user_id" bigint,PRIMARY KEY ("id"),CONSTRAINT "fk_users_credit_card" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE);

CREATE INDEX IF NOT EXISTS "idx_credit_cards_deleted_at" ON "credit_cards" ("deleted_at");

CREATE TABLE "orders" ("id" bigserial,"user_id" bigint NOT NULL,"company_code" varchar(12),PRIMARY KEY ("id"),CONSTRAINT "fk_orders_code" FOREIGN KEY ("company_code") REFERENCES "companies"("code") ON DELETE RESTRICT,CONSTRAINT "fk_users_orders" FOREIGN KEY ("user_id") REFERENCES "users"("id"));

CREATE INDEX IF NOT EXISTS "idx_orders_user_id" ON "orders" ("user_id");

CREATE TABLE "items" ("id" bigserial,"order_no" bigint,"loose" bigint,PRIMARY KEY ("id"),CONSTRAINT "fk_orders_items" FOREIGN KEY ("order_no") REFERENCES "orders"("id"));

CREATE TABLE "toys" ("id" bigserial,"name" text,"owner_id" bigint,"owner_type" text,PRIMARY KEY ("id"));

CREATE TABLE "dogs" ("id" bigserial,PRIMARY KEY ("id"));

CREATE TABLE "kinds" ("id" bigserial,"flag" boolean,"i" bigint,"i8" smallint,"i16" smallint,"i32" integer,"u" bigint,"u8" smallint,"u16" integer,"u32" bigint,"u64" bigint,"f32" decimal,"f64" decimal,"exact" numeric(10, 2),"whole" numeric(7),"s" text,"sized" varchar(40),"small" smallint,"t" timestamptz,"precise" timestamptz(3),"d" bigint,"b" bytea,"arr" bytea,"ns" text,"ni" integer,"nb" boolean,"nt" timestamptz,"nf" decimal,"gen" smallint,"u4" text,"u5" uuid,"dec" text,"dec2" numeric(12,4),"text" text,"mood" bigint,"json" JSONB,"map" JSONB,"slice" JSONB,"date" date,"clock" TIME,"serial" text,"gob" text,"unix" timestamptz,"ptr" text,"ptr_time" timestamptz,"made" bigint,"changed" bigint,"read_only" text,"deleted" timestamptz,"varchar" varchar(33) NOT NULL,"float" decimal,"num" smallint,"not_really" text,PRIMARY KEY ("id"));

CREATE INDEX IF NOT EXISTS "idx_kinds_deleted" ON "kinds" ("deleted");

CREATE TABLE "defaulteds" ("id" bigserial,"s" text DEFAULT 'user',"q" text DEFAULT 'it is',"empty" text DEFAULT '',"word" text DEFAULT 'CURRENT_TIMESTAMP',"i" bigint DEFAULT 16,"f" decimal DEFAULT 1.5,"b" boolean DEFAULT false,"yes" boolean DEFAULT true,"t" timestamptz DEFAULT CURRENT_TIMESTAMP,"day" timestamptz DEFAULT '2020-01-02 00:00:00',"j" JSONB DEFAULT '{}',"n" text DEFAULT null,"no" text,"neg" integer NOT NULL DEFAULT -5,PRIMARY KEY ("id"));

CREATE TABLE "indexeds" ("id" bigserial,"a" text,"b" text,"c" text,"d" text,"e" bigint,"f" text,"g" text,"hH" text,"i" bigint,"j" bigint,"k" bigint,"l" text,PRIMARY KEY ("id"),CONSTRAINT "uni_indexeds_g" UNIQUE ("g"),CONSTRAINT "uni_indexeds_h_h" UNIQUE ("hH"),CONSTRAINT "chk_indexeds_i" CHECK (i > 0),CONSTRAINT "j_positive" CHECK (j > 0 AND j < 10),CONSTRAINT "chk_indexeds_k" CHECK (k <> 3));

CREATE INDEX IF NOT EXISTS "idx_l" ON "indexeds" ("l") WHERE l <> 'a';

CREATE INDEX IF NOT EXISTS "idx_f" ON "indexeds" (lower(f));

CREATE INDEX IF NOT EXISTS "idx_e" ON "indexeds" ("e" desc);

CREATE UNIQUE INDEX IF NOT EXISTS "idx_d" ON "indexeds" ("d") WHERE d <> '';

CREATE UNIQUE INDEX IF NOT EXISTS "idx_indexeds_pair" ON "indexeds" ("b","c");

CREATE INDEX IF NOT EXISTS "idx_ab" ON "indexeds" ("c","b");

CREATE INDEX IF NOT EXISTS "idx_indexeds_a" ON "indexeds" ("a");

CREATE TABLE "http_servers" ("id" bigserial,"http_url" text,"user_api_key_id" text,"o_auth2_id" text,"ipv4_addr" text,"sms_code" text,"user_ids" text,"s3_key" text,"e_tag" text,"a1_b2" text,"z_ip" text,"v_ip" text,"t_ip_s" text,"eq_ui_p" text,"utf8_name" text,"snake_case" text,PRIMARY KEY ("id"));

CREATE TABLE "nodes" ("id" uuid,"parent_id" uuid,PRIMARY KEY ("id"),CONSTRAINT "fk_nodes_parent" FOREIGN KEY ("parent_id") REFERENCES "nodes"("id"));

CREATE TABLE "people" ("id" bigserial,PRIMARY KEY ("id"));

CREATE TABLE "addresses" ("id" bigserial,PRIMARY KEY ("id"));

CREATE TABLE "person_addresses" ("person_id" bigint,"address_id" bigint,"created_at" timestamptz,PRIMARY KEY ("person_id","address_id"),CONSTRAINT "fk_person_addresses_person" FOREIGN KEY ("person_id") REFERENCES "people"("id"),CONSTRAINT "fk_person_addresses_address" FOREIGN KEY ("address_id") REFERENCES "addresses"("id"));

CREATE TABLE "a_very_long_name_of_a_struct_that_is_cut_somewheres" ("id" bigserial,"a_field_with_a_very_long_name_as_well" text,"another_field_with_a_long_name_to_cut" text,PRIMARY KEY ("id"),CONSTRAINT "uni_a_very_long_name_of_a_struct_that_is_cut_somewheresa9098d98" UNIQUE ("another_field_with_a_long_name_to_cut"));

CREATE INDEX IF NOT EXISTS "idx_a_very_long_name_of_a_struct_that_is_cut_somewherese5bad193" ON "a_very_long_name_of_a_struct_that_is_cut_somewheres" ("a_field_with_a_very_long_name_as_well");

CREATE TABLE "embeddings" ("made_by" text NOT NULL,"version" bigint DEFAULT 1,"id" bigserial,"home_street" text,"home_zip" varchar(10),"work_street" text,"work_zip" varchar(10),"note" text,"x" bigint,"y" bigint,PRIMARY KEY ("id"));

CREATE INDEX IF NOT EXISTS "idx_embeddings_street" ON "embeddings" ("home_street","work_street");

CREATE TABLE "keyeds" ("id" bigint,"locale" varchar(5),PRIMARY KEY ("id","locale"));

CREATE TABLE "lines" ("id" bigserial,"keyed_id" bigint,"keyed_locale" varchar(5),PRIMARY KEY ("id"),CONSTRAINT "fk_keyeds_lines" FOREIGN KEY ("keyed_id","keyed_locale") REFERENCES "keyeds"("id","locale"));

CREATE TABLE "blogs" ("id" bigserial,"slug" varchar(30),PRIMARY KEY ("id"),CONSTRAINT "uni_blogs_slug" UNIQUE ("slug"));

CREATE TABLE "tags" ("id" bigserial,"name" varchar(20),PRIMARY KEY ("id"));

CREATE UNIQUE INDEX IF NOT EXISTS "idx_tags_name" ON "tags" ("name");

CREATE TABLE "blog_tags" ("blog_slug" varchar(30),"tag_name" varchar(20),PRIMARY KEY ("blog_slug","tag_name"),CONSTRAINT "fk_blog_tags_blog" FOREIGN KEY ("blog_slug") REFERENCES "blogs"("slug"),CONSTRAINT "fk_blog_tags_tag" FOREIGN KEY ("tag_name") REFERENCES "tags"("name"));

CREATE TABLE "sessions" ("num" serial,"data" text,PRIMARY KEY ("num"));

